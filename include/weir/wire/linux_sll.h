// Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL): what the "any" device recorded.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>
#include <optional>

#include "weir/wire/arp_numbers.h"
#include "weir/wire/fields.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// ARPHRD_ types that Linux has beside those of ARP (arp_hardware): those in which a cooked
/// header's protocol is no EtherType.
namespace arphrd {
inline constexpr std::uint16_t ipgre = 778;      // a GRE protocol type
inline constexpr std::uint16_t ieee80211 = 801;  // an 802.11 header follows
inline constexpr std::uint16_t radiotap = 803;   // a radiotap header follows
inline constexpr std::uint16_t netlink = 824;    // a netlink family
}  // namespace arphrd

/// Values below 0x600 of a cooked header's protocol field (linux/if_ether.h ETH_P_).
namespace sll_protocol {
inline constexpr std::uint16_t novell_802_3 = 0x0001;
inline constexpr std::uint16_t unknown = 0x0003;
inline constexpr std::uint16_t llc = 0x0004;
inline constexpr std::uint16_t can = 0x000c;
}  // namespace sll_protocol

/// The arphrd_type of a cooked header with such a header behind it.
[[nodiscard]] constexpr std::uint16_t next_arphrd_type(const HeaderNumbers& next) noexcept {
  if (next.link_type == 105) return arphrd::ieee80211;
  if (next.link_type == 127) return arphrd::radiotap;
  return arp_hardware::ethernet;
}
/// And its protocol; nothing if it has none.
[[nodiscard]] constexpr std::optional<std::uint16_t> next_sll_protocol(
    const HeaderNumbers& next) noexcept {
  return next.is_llc ? sll_protocol::llc : next.ether_type;
}

/// A version 1 cooked header.
class SllView : public View {
 public:
  static constexpr ProtocolSet protocols{Protocol::sll};
  static constexpr std::size_t min_header_length = 16;
  static constexpr std::size_t max_address_length = 8;

  [[nodiscard]] static std::expected<SllView, ParseError> parse(Bytes bytes) noexcept {
    if (bytes.size() < min_header_length) return std::unexpected{ParseError::truncated};
    return SllView{bytes};
  }

  /// 0 to us, 1 broadcast, 2 multicast, 3 to somebody else, 4 from us.
  [[nodiscard]] std::uint16_t packet_type() const noexcept { return field<std::uint16_t>(0); }
  [[nodiscard]] std::uint16_t arphrd_type() const noexcept { return field<std::uint16_t>(2); }
  /// As the device has it; may exceed the eight bytes there is room for.
  [[nodiscard]] std::uint16_t address_length() const noexcept { return field<std::uint16_t>(4); }
  /// The sender's link-layer address, cut to eight bytes.
  [[nodiscard]] Bytes address() const noexcept {
    return bytes_.subspan(6, std::min<std::size_t>(address_length(), max_address_length));
  }
  [[nodiscard]] std::uint16_t protocol() const noexcept { return field<std::uint16_t>(14); }

  [[nodiscard]] std::size_t header_length() const noexcept { return min_header_length; }
  [[nodiscard]] Bytes payload() const noexcept { return bytes_.subspan(min_header_length); }

 private:
  using View::View;
};

/// What write() makes a version 1 cooked header of.
struct SllFields {
  std::uint16_t packet_type = 0;
  /// Left open: 802.11's or radiotap's where that follows, or Ethernet's.
  std::optional<std::uint16_t> arphrd_type{};
  std::uint16_t address_length = 0;
  /// All eight bytes there is room for, whatever address_length says.
  std::array<std::uint8_t, SllView::max_address_length> address{};
  /// Left open: what follows, or 0.
  std::optional<std::uint16_t> protocol{};

  [[nodiscard]] static SllFields of(const SllView& header) noexcept {
    SllFields fields{.packet_type = header.packet_type(),
                     .arphrd_type = header.arphrd_type(),
                     .address_length = header.address_length(),
                     .protocol = header.protocol()};
    store_bytes(fields.address.data(), header.bytes().subspan(6, fields.address.size()));
    return fields;
  }
  constexpr void name_next(const HeaderNumbers& next) noexcept {
    if (!arphrd_type) arphrd_type = next_arphrd_type(next);
    if (!protocol) protocol = next_sll_protocol(next);
  }
  [[nodiscard]] static constexpr std::size_t header_length() noexcept {
    return SllView::min_header_length;
  }
  [[nodiscard]] Written write(MutableBytes to, Bytes /*payload*/) const noexcept {
    if (to.size() < header_length()) return std::unexpected{WriteError::no_room};
    store_be(to.data(), packet_type);
    store_be(to.data() + 2, arphrd_type.value_or(arp_hardware::ethernet));
    store_be(to.data() + 4, address_length);
    store_bytes(to.data() + 6, address);
    store_be(to.data() + 14, protocol.value_or(0));
    return header_length();
  }
};

}  // namespace weir::wire
