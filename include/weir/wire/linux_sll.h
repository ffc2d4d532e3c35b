// Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL): what the "any" device recorded.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <expected>

#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// ARPHRD_ types in which the protocol field of a cooked header is no EtherType.
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
  std::uint16_t arphrd_type = 0;
  std::uint16_t address_length = 0;
  std::array<std::uint8_t, SllView::max_address_length> address{};
  std::uint16_t protocol = 0;

  /// Bytes written; 0 if there is no room.
  [[nodiscard]] std::size_t write(MutableBytes to) const noexcept {
    if (to.size() < SllView::min_header_length) return 0;
    store_be(to.data(), packet_type);
    store_be(to.data() + 2, arphrd_type);
    store_be(to.data() + 4, address_length);
    store_bytes(to.data() + 6, address);
    store_be(to.data() + 14, protocol);
    return SllView::min_header_length;
  }
};

}  // namespace weir::wire
