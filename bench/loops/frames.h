// Frames and captures in memory for the loops.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/packet.h"

namespace bench {

using Frame = std::vector<std::uint8_t>;

/// Ethernet, IPv4, TCP with 100 bytes; the addresses and ports of flow number `flow`.
Frame tcp_on_ipv4(std::uint32_t flow = 0);
/// Ethernet, 802.1Q, IPv6, UDP with 100 bytes.
/// From the address of those two words to the last there is, without payload.
Frame udp_on_ipv6(std::uint64_t high, std::uint64_t low);
Frame udp_on_ipv6_in_vlan();
/// Ethernet, IPv4, UDP, VXLAN, then tcp_on_ipv4().
Frame tcp_in_vxlan();

/// Borrows the frame.
weir::Packet packet_of(const Frame& frame, std::int64_t microseconds = 0);

/// A microsecond pcap of these frames, 1 us apart.
std::vector<std::uint8_t> pcap_of(std::span<const Frame> frames, std::size_t packets);

}  // namespace bench
