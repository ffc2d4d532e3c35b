// BSD loopback: LINKTYPE_NULL (the family in the capturing host's byte order) and LINKTYPE_LOOP.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A loopback header: an address family. LINKTYPE_LOOP is big-endian; LINKTYPE_NULL is in either
/// order, told apart because families are small numbers.
class NullView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::null};
  static constexpr std::size_t min_header_length = 4;

  [[nodiscard]] static std::expected<NullView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return NullView{bytes};
  }

  /// Above 65,535 only where it is no family in either order.
  [[nodiscard]] std::uint32_t family() const noexcept {
    const auto value = field<std::uint32_t>(0);
    return value <= 0xffff ? value : field_le<std::uint32_t>(0);
  }
  /// 4 or 6 if the family is IPv4's, or IPv6's on any system (10 Linux, 24 NetBSD and OpenBSD,
  /// 28 FreeBSD, 30 macOS, 23 Windows); otherwise 0.
  [[nodiscard]] int ip_version() const noexcept {
    switch (family()) {
      case 2:
        return 4;
      case 10:
      case 23:
      case 24:
      case 28:
      case 30:
        return 6;
      default:
        return 0;
    }
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a loopback header of.
struct NullFields {
  /// 1 to 65,535.
  std::uint16_t family = 0;
  bool little_endian = true;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < NullView::min_header_length) return 0;
    if (little_endian) {
      store_le(to.data(), std::uint32_t{family});
    } else {
      store_be(to.data(), std::uint32_t{family});
    }
    return NullView::min_header_length;
  }
};

}  // namespace weir::wire
