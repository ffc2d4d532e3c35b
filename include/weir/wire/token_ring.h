// Token Ring (IEEE 802.5), with source routing.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/fields.h"
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

/// What write() makes a Token Ring header of.
struct TokenRingFields {
  std::uint8_t access_control = 0x10;
  /// LLC follows unless told otherwise.
  std::uint8_t frame_control = 0x40;
  MacAddress destination{};
  /// Without the bit that announces routing information: the highest of the first octet.
  MacAddress source{};
  /// Borrowed. Its first five bits of length count all of it: an even number of bytes up to 30.
  /// Empty: the frame is not source-routed.
  Bytes routing_information{};

  [[nodiscard]] static TokenRingFields of(const TokenRingView& frame) noexcept {
    return {.access_control = frame.access_control(),
            .frame_control = frame.frame_control(),
            .destination = frame.destination(),
            .source = frame.source(),
            .routing_information = frame.routing_information()};
  }
  [[nodiscard]] std::size_t header_length() const noexcept {
    return TokenRingView::min_header_length + routing_information.size();
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    if ((source.octets[0] & 0x80) != 0) return std::unexpected{WriteError::bad_value};
    const std::size_t routing = routing_information.size();
    if (routing > 30 || routing % 2 != 0) return std::unexpected{WriteError::bad_value};
    if (routing != 0 && (routing_information[0] & 0x1f) != routing) {
      return std::unexpected{WriteError::bad_value};
    }
    to[0] = access_control;
    to[1] = frame_control;
    store_bytes(to.data() + 2, destination.octets);
    store_bytes(to.data() + 8, source.octets);
    if (routing != 0) to[8] |= 0x80;
    store_bytes(to.data() + TokenRingView::min_header_length, routing_information);
    return header_length();
  }
};

}  // namespace weir::wire
