// Ethernet: the MAC header of Ethernet II and of IEEE 802.3 frames.
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// A frame from its destination address on. An 802.3 length cuts the padding off; a longer one
/// than was captured is believed.
class EthernetView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::ethernet};
  static constexpr std::size_t min_header_length = 14;

  [[nodiscard]] static std::expected<EthernetView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    const EthernetView frame{bytes};
    if (!frame.is_length()) return frame;
    return EthernetView{up_to(bytes, min_header_length + frame.type_or_length())};
  }

  [[nodiscard]] MacAddress destination() const noexcept { return MacAddress::load(bytes_.data()); }
  [[nodiscard]] MacAddress source() const noexcept { return MacAddress::load(bytes_.data() + 6); }
  [[nodiscard]] std::uint16_t type_or_length() const noexcept { return field<std::uint16_t>(12); }
  /// 802.3: LLC follows. Otherwise type_or_length() is an EtherType.
  [[nodiscard]] bool is_length() const noexcept {
    return type_or_length() <= ether_type::max_length;
  }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What stands behind a frame on the wire. build() writes it where an Ethernet header is the
/// outermost.
struct FrameTrailer {
  /// Zero bytes are put behind a frame shorter than this, headers included, the frame check
  /// sequence not (IEEE 802.3 3.2.8). 0: none are.
  std::uint16_t padded_to = 60;
  /// Whether the four bytes of the frame check sequence are written (IEEE 802.3 3.2.9). Adapters
  /// put them behind what they send.
  bool has_frame_check_sequence = false;
  /// Instead of the right one.
  std::optional<std::uint32_t> frame_check_sequence{};

  /// Bytes of a frame that has `length` before its trailer.
  [[nodiscard]] constexpr std::size_t frame_length(std::size_t length) const noexcept {
    return std::max<std::size_t>(length, padded_to) + (has_frame_check_sequence ? 4 : 0);
  }
};

/// What write() makes an Ethernet header of.
struct EthernetFields {
  MacAddress destination{};
  MacAddress source{};
  /// Left open: what follows, or the payload's length where is_length, or 0.
  std::optional<std::uint16_t> type_or_length{};
  /// 802.3: LLC follows. name_next() sets it where it does; without meaning where type_or_length
  /// is given.
  bool is_length = false;
  FrameTrailer trailer{};

  [[nodiscard]] static EthernetFields of(const EthernetView& frame) noexcept {
    return {.destination = frame.destination(),
            .source = frame.source(),
            .type_or_length = frame.type_or_length(),
            .is_length = frame.is_length()};
  }
  /// In a tunnel (RFC 1701, RFC 8926).
  [[nodiscard]] static constexpr HeaderNumbers numbers() noexcept {
    return {.ether_type = ether_type::trans_ether_bridging};
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (next.is_llc) is_length = true;
    if (!type_or_length) type_or_length = next.ether_type;
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return EthernetView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes payload) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    const auto number = written_type_or_length(type_or_length, is_length, payload.size());
    if (!number) return std::unexpected{number.error()};
    store_bytes(to.data(), destination.octets);
    store_bytes(to.data() + 6, source.octets);
    store_be(to.data() + 12, *number);
    return header_length();
  }
};

}  // namespace weir::wire
