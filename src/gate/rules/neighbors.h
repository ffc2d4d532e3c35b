// ARP and neighbor discovery, which rules hold only where they say so: held for long they bring a
// network down.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/gate/rule.h"
#include "weir/packet.h"

namespace weir::gate {

/// What a packet is by which hosts find their neighbors.
enum class NeighborKind : std::uint8_t {
  none,
  arp,        ///< ARP, RARP
  discovery,  ///< ICMPv6 133 to 137 (RFC 4861)
};

/// Told by the EtherType, behind up to two VLAN tags (0x8100, 0x88a8), and for discovery by ICMPv6
/// right behind the IPv6 header. Of link types Ethernet and raw IP.
[[nodiscard]] NeighborKind neighbor_in(const Packet& packet) noexcept;

/// A set of them.
struct Neighbors {
  bool arp = false;
  bool discovery = false;

  [[nodiscard]] constexpr bool contains(NeighborKind neighbor) const noexcept {
    return neighbor == NeighborKind::arp ? arp : neighbor == NeighborKind::discovery && discovery;
  }
  bool operator==(const Neighbors&) const = default;
};

/// Which of them a filter names, "not" or not: by arp, rarp, icmp6 and its constants, or by number
/// where a protocol's number stands: "ether proto 0x0806", "ether[12:2] = 0x806", "ip6 proto 58".
[[nodiscard]] Neighbors names_neighbors(std::string_view filter);

/// Which of them the rule may match: those its filter names, and all where it says so or does not
/// hold. Every other packet it may match anyway.
[[nodiscard]] Neighbors neighbors_of(const Rule& rule);

}  // namespace weir::gate
