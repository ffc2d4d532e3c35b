// Token Ring (IEEE 802.5), with source routing.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A Token Ring header with its routing information field, if the source address announces one.
class TokenRingView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::token_ring};
  static constexpr std::size_t min_header_length = 14;

  [[nodiscard]] static std::expected<TokenRingView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const TokenRingView frame{bytes};
    if (!frame.is_source_routed()) return frame;
    if (bytes.size() < min_header_length + 2) return std::unexpected{ParseError::truncated};
    const std::size_t routing = frame.routing_length();
    if (routing < 2 || routing % 2 != 0) return std::unexpected{ParseError::bad_header_length};
    if (bytes.size() < frame.header_length()) return std::unexpected{ParseError::truncated};
    return frame;
  }

  [[nodiscard]] std::uint8_t access_control() const noexcept { return bytes_[0]; }
  [[nodiscard]] std::uint8_t frame_control() const noexcept { return bytes_[1]; }
  /// LLC follows; otherwise it is a MAC frame.
  [[nodiscard]] bool is_llc() const noexcept { return frame_control() >> 6 == 1; }
  [[nodiscard]] MacAddress destination() const noexcept {
    return MacAddress::load(bytes_.data() + 2);
  }
  /// Without the bit that announces routing information.
  [[nodiscard]] MacAddress source() const noexcept {
    MacAddress address = MacAddress::load(bytes_.data() + 8);
    address.octets[0] &= 0x7f;
    return address;
  }
  [[nodiscard]] bool is_source_routed() const noexcept { return (bytes_[8] & 0x80) != 0; }
  /// Empty unless is_source_routed().
  [[nodiscard]] Bytes routing_information() const noexcept {
    return bytes_.subspan(min_header_length, is_source_routed() ? routing_length() : 0);
  }

  [[nodiscard]] std::size_t header_length() const noexcept {
    return min_header_length + (is_source_routed() ? routing_length() : 0);
  }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(header_length()); }

 private:
  using View::View;

  [[nodiscard]] std::size_t routing_length() const noexcept {
    return bytes_[min_header_length] & 0x1f;
  }
};

/// What write() makes a Token Ring header without routing information of.
struct TokenRingFields {
  std::uint8_t access_control = 0x10;
  std::uint8_t frame_control = 0x40;
  MacAddress destination{};
  MacAddress source{};

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < TokenRingView::min_header_length) return 0;
    to[0] = access_control;
    to[1] = frame_control;
    store_bytes(to.data() + 2, destination.octets);
    store_bytes(to.data() + 8, source.octets);
    to[8] &= 0x7f;
    return TokenRingView::min_header_length;
  }
};

}  // namespace weir::wire
