// MPLS (RFC 3032): one label stack entry.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// One entry of a label stack. Nothing in it says what follows the last one.
class MplsView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::mpls};
  static constexpr std::size_t min_header_length = 4;

  [[nodiscard]] static std::expected<MplsView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return MplsView{bytes};
  }

  /// 20 bits.
  [[nodiscard]] std::uint32_t label() const noexcept { return field<std::uint32_t>(0) >> 12; }
  [[nodiscard]] std::uint8_t traffic_class() const noexcept { return bytes_[2] >> 1 & 7; }
  [[nodiscard]] bool bottom_of_stack() const noexcept { return (bytes_[2] & 1) != 0; }
  [[nodiscard]] std::uint8_t ttl() const noexcept { return bytes_[3]; }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a label stack entry of.
struct MplsFields {
  /// 20 bits.
  std::uint32_t label = 0;
  std::uint8_t traffic_class = 0;
  bool bottom_of_stack = true;
  std::uint8_t ttl = 64;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < MplsView::min_header_length) return 0;
    store_be(to.data(), (label & 0xfffff) << 12 | (traffic_class & 7U) << 9 |
                            (bottom_of_stack ? 0x100U : 0U) | ttl);
    return MplsView::min_header_length;
  }
};

}  // namespace weir::wire
