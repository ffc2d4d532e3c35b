// Protocol numbers (IANA): what IPv4 and IPv6 headers and extension headers name as the next one.
#pragma once

#include <cstdint>

#include "weir/api.h"

namespace weir::wire::ip_protocol {

inline constexpr std::uint8_t hop_by_hop = 0;
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t igmp = 2;
inline constexpr std::uint8_t ipv4 = 4;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
inline constexpr std::uint8_t dccp = 33;
inline constexpr std::uint8_t ipv6 = 41;
inline constexpr std::uint8_t ipv6_routing = 43;
inline constexpr std::uint8_t ipv6_fragment = 44;
inline constexpr std::uint8_t gre = 47;
inline constexpr std::uint8_t esp = 50;
inline constexpr std::uint8_t ah = 51;
inline constexpr std::uint8_t icmpv6 = 58;
inline constexpr std::uint8_t no_next_header = 59;  // RFC 8200 4.7
inline constexpr std::uint8_t ipv6_destination = 60;
inline constexpr std::uint8_t eigrp = 88;
inline constexpr std::uint8_t ospf = 89;
inline constexpr std::uint8_t ether_ip = 97;
inline constexpr std::uint8_t pim = 103;
inline constexpr std::uint8_t ipcomp = 108;
inline constexpr std::uint8_t vrrp = 112;
inline constexpr std::uint8_t l2tp = 115;  // version 3 (RFC 3931)
inline constexpr std::uint8_t sctp = 132;
inline constexpr std::uint8_t ipv6_mobility = 135;
inline constexpr std::uint8_t udp_lite = 136;
inline constexpr std::uint8_t mpls = 137;
inline constexpr std::uint8_t ipv6_shim6 = 140;
inline constexpr std::uint8_t reserved = 255;  // names nothing

/// Whether its header begins with a source and a destination port.
[[nodiscard]] constexpr bool has_ports(std::uint8_t number) noexcept {
  return number == tcp || number == udp || number == udp_lite || number == sctp || number == dccp;
}

/// Whether the number names a header that stands between the IP header and what the datagram
/// carries: extension headers of IPv6, and AH.
[[nodiscard]] constexpr bool is_extension(std::uint8_t number) noexcept {
  return number == hop_by_hop || number == ipv6_routing || number == ipv6_fragment ||
         number == ah || number == ipv6_destination || number == ipv6_mobility ||
         number == ipv6_shim6;
}

}  // namespace weir::wire::ip_protocol
