// BSD loopback: LINKTYPE_NULL (the family in the capturing host's byte order) and LINKTYPE_LOOP.
#pragma once

#include <bit>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
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

  /// Whether the family is read in little-endian order.
  [[nodiscard]] bool is_little_endian() const noexcept { return field<std::uint32_t>(0) > 0xffff; }
  /// Above 65,535 only where it is no family in either order.
  [[nodiscard]] std::uint32_t family() const noexcept {
    return is_little_endian() ? field_le<std::uint32_t>(0) : field<std::uint32_t>(0);
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
  /// Little-endian as most hosts are; LINKTYPE_LOOP is big-endian.
  bool is_little_endian = true;
  /// Left open: IPv4's (2), or IPv6's of macOS (30), where that follows; or 0. Above 65,535 where
  /// it is no family in either order.
  std::optional<std::uint32_t> family{};

  [[nodiscard]] static NullFields of(const NullView& header) noexcept {
    return {.is_little_endian = header.is_little_endian(), .family = header.family()};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (family) return;
    if (next.ether_type == ether_type::ipv4) family = 2;
    if (next.ether_type == ether_type::ipv6) family = 30;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return NullView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const std::uint32_t value = family.value_or(0);
    // What would be read in the other order, as another family.
    if (value > 0xffff && (!is_little_endian || std::byteswap(value) <= 0xffff)) {
      return std::unexpected{WriteError::bad_value};
    }
    if (is_little_endian) {
      store_le(to.data(), value);
    } else {
      store_be(to.data(), value);
    }
    return header_length();
  }
};

}  // namespace weir::wire
