// Ones' complement arithmetic of changes, and where each header has its checksum.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "weir/bytes.h"
#include "weir/wire/checksum.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/protocol.h"

namespace weir::wire::edit {

constexpr std::uint16_t plus(std::uint16_t a, std::uint16_t b) noexcept {
  const std::uint32_t sum = std::uint32_t{a} + b;
  return static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16));
}
constexpr std::uint16_t negated(std::uint16_t sum) noexcept {
  return static_cast<std::uint16_t>(~sum);
}
constexpr bool is_zero(std::uint16_t sum) noexcept { return sum == 0 || sum == 0xffff; }

/// Between a sum of words from `offset` on, and one of words from the first byte on.
constexpr std::uint16_t at_offset(std::uint16_t sum, std::size_t offset) noexcept {
  return offset % 2 == 0 ? sum : std::byteswap(sum);
}

/// updated_checksum() in memory order (RFC 1071 2B), which spares the wait for two swaps. The old
/// word is the ones' complement zero: a change is all that is known of it and the new one.
inline void add(std::uint8_t* checksum, std::uint16_t change) noexcept {
  std::uint8_t swapped[2];
  store_be(swapped, change);
  std::uint16_t added = 0;
  std::uint16_t stored = 0;
  std::memcpy(&added, swapped, sizeof(added));
  std::memcpy(&stored, checksum, sizeof(stored));
  stored = updated_checksum(stored, 0xffff, added);
  std::memcpy(checksum, &stored, sizeof(stored));
}

/// RFC 768, RFC 3828 3.1: a sum of 0 is sent as 0xffff.
inline void without_zero(std::uint8_t* field) noexcept {
  if (field[0] == 0 && field[1] == 0) field[0] = field[1] = 0xff;
}

constexpr bool is_ip(Protocol protocol) noexcept {
  return protocol == Protocol::ipv4 || protocol == Protocol::ipv6;
}

/// Stands between an IP header and what the datagram carries.
constexpr bool is_extension(Protocol protocol) noexcept {
  constexpr ProtocolSet extensions{Protocol::ipv6_hop_by_hop, Protocol::ipv6_routing,
                                   Protocol::ipv6_fragment,   Protocol::ipv6_destination,
                                   Protocol::ipv6_shim6,      Protocol::ah};
  return extensions.contains(protocol);
}

/// Where the Internet checksum stands in a header, if it has one.
constexpr std::optional<std::size_t> checksum_offset(Protocol protocol, Bytes header) noexcept {
  switch (protocol) {
    case Protocol::tcp:
      return 16;
    case Protocol::udp:
    case Protocol::udp_lite:
    case Protocol::dccp:
    case Protocol::vrrp:
      return 6;
    case Protocol::icmp:
    case Protocol::icmpv6:
    case Protocol::igmp:
    case Protocol::eigrp:
    case Protocol::pim:
      return 2;
    case Protocol::ipv6_mobility:
      return 4;
    case Protocol::ospf:
      return 12;
    case Protocol::gre:
      if (!header.empty() && (header[0] & 0x80) != 0) return 4;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Whether the checksum's sum has a pseudo-header, on IP of this version.
inline bool has_pseudo_header(Protocol protocol, Bytes header, int version) noexcept {
  switch (protocol) {
    case Protocol::tcp:
    case Protocol::udp:
    case Protocol::udp_lite:
    case Protocol::dccp:
    case Protocol::icmpv6:
    case Protocol::ipv6_mobility:
      return true;
    case Protocol::ospf:  // RFC 5340 A.3.1
      return !header.empty() && header[0] == 3;
    case Protocol::pim:  // RFC 7761 4.9
      return version == 6;
    case Protocol::vrrp:  // RFC 5798 5.2.8
      if (header.empty() || version == 6) return version == 6;
      // Some leave it out over IPv4.
      return header[0] >> 4 == 3 && word_sum(header).folded() != 0xffff;
    default:
      return false;
  }
}

constexpr std::uint8_t ip_number(Protocol protocol) noexcept {
  switch (protocol) {
    case Protocol::tcp:
      return ip_protocol::tcp;
    case Protocol::udp:
      return ip_protocol::udp;
    default:
      return ip_protocol::reserved;
  }
}

}  // namespace weir::wire::edit
