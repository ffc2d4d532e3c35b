// MPLS (RFC 3032): one label stack entry.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/ip_protocol.h"
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
  /// At most 7.
  std::uint8_t traffic_class = 0;
  /// Left open: set, unless another entry follows.
  std::optional<bool> bottom_of_stack{};
  std::uint8_t ttl = 64;

  [[nodiscard]] static MplsFields of(const MplsView& entry) noexcept {
    return {.label = entry.label(),
            .traffic_class = entry.traffic_class(),
            .bottom_of_stack = entry.bottom_of_stack(),
            .ttl = entry.ttl()};
  }
  /// RFC 3032, RFC 4023, RFC 7510.
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::mpls, .ip_protocol = ip_protocol::mpls, .port = 6635};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!bottom_of_stack) bottom_of_stack = next.ether_type != ether_type::mpls;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return MplsView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if (label > 0xfffff || traffic_class > 7) return std::unexpected{WriteError::bad_value};
    store_be(to.data(), label << 12 | std::uint32_t{traffic_class} << 9 |
                            (bottom_of_stack.value_or(true) ? 0x100U : 0U) | ttl);
    return header_length();
  }
};

}  // namespace weir::wire
