// Ethernet: the MAC header of Ethernet II and of IEEE 802.3 frames.
#pragma once

#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/wire/ether_type.h"
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

/// What write() makes an Ethernet header of.
struct EthernetFields {
  MacAddress destination{};
  MacAddress source{};
  std::uint16_t type_or_length = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < EthernetView::min_header_length) return 0;
    store_bytes(to.data(), destination.octets);
    store_bytes(to.data() + 6, source.octets);
    store_be(to.data() + 12, type_or_length);
    return EthernetView::min_header_length;
  }
};

}  // namespace weir::wire
