// What most packets are: TCP or UDP straight over IPv4 without options or over IPv6, straight over
// Ethernet, whole.
#pragma once

#include <cstdint>

#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/ether_type.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/protocol.h"

namespace weir::wire {

/// What is asked of such an IP header.
struct PlainIpv4 {
  static constexpr Protocol name = Protocol::ipv4;
  static constexpr std::uint32_t size = 20;
  static constexpr std::uint32_t protocol_at = 9;
  static constexpr std::uint32_t length_at = 2;
  /// Bytes of the header that the length field counts.
  static constexpr std::uint32_t length_counts = size;
  static constexpr std::uint32_t least_length = size;
  /// Version 4, five words; of the flags and offset only "don't fragment" may be set.
  static bool matches(const std::uint8_t* ip) noexcept {
    return ip[0] == 0x45 && (load_be<std::uint32_t>(ip + 4) & 0x3fff) == 0;
  }
};
struct PlainIpv6 {
  static constexpr Protocol name = Protocol::ipv6;
  static constexpr std::uint32_t size = 40;
  static constexpr std::uint32_t protocol_at = 6;
  static constexpr std::uint32_t length_at = 4;
  static constexpr std::uint32_t length_counts = 0;
  /// RFC 2675: a length of 0 is a jumbogram's.
  static constexpr std::uint32_t least_length = 1;
  static bool matches(const std::uint8_t* ip) noexcept { return (ip[0] >> 4) == 6; }
};

/// Where it stands.
template <class Ip>
struct PlainDatagram {
  static constexpr std::uint32_t network = 14;
  static constexpr std::uint32_t payload = network + Ip::size;
};

constexpr bool is_plain_transport(std::uint8_t protocol) noexcept {
  constexpr std::uint32_t set = 1U << ip_protocol::tcp | 1U << ip_protocol::udp;
  return protocol < 32 && (set >> protocol & 1) != 0;  // which of them cannot be predicted
}

/// Calls take(Ip{}, length), with one of the two and what the header says that it carries, if a
/// plain datagram may be there, and returns what that does; false for any other packet. It is for
/// `take` to see whether what is carried is_plain_transport(), and how much of it was captured.
template <class Take>
[[gnu::always_inline]] inline bool find_plain_datagram(const Packet& packet, Take take) noexcept {
  constexpr std::uint32_t ethernet_size = 14, type_at = 12;
  const std::uint8_t* const frame = packet.data.data();
  const std::size_t size = packet.data.size();
  const auto with = [&]<class Ip>(Ip which) {
    using At = PlainDatagram<Ip>;
    const std::uint8_t* const ip = frame + At::network;
    if (size < At::payload || !Ip::matches(ip)) return false;
    const std::uint32_t length = load_be<std::uint16_t>(ip + Ip::length_at);
    return length >= Ip::least_length && take(which, length - Ip::length_counts);
  };
  if (packet.link_type != LinkType::ethernet || size < ethernet_size ||
      has(packet.flags, PacketFlags::has_fcs)) {
    return false;
  }
  const auto type = load_be<std::uint16_t>(frame + type_at);
  if (type == ether_type::ipv4) return with(PlainIpv4{});
  return type == ether_type::ipv6 && with(PlainIpv6{});
}

}  // namespace weir::wire
