// What a flow table needs to know of a transport header: ports, lengths, and the numbers of TCP.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "packet_facts.h"
#include "weir/bytes.h"
#include "weir/wire/ip_protocol.h"
#include "weir/wire/tcp.h"

namespace weir::flow {

/// Source and destination; 0 where there are none.
struct Ports {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;
};

/// Of a fragment that does not hold the header.
void read_later_fragment(std::uint32_t length, PacketFacts& facts) noexcept;

namespace detail {

namespace ip_protocol = wire::ip_protocol;

/// What is read of a transport header. Which of them a packet has cannot be predicted: what they
/// differ in is looked up, nothing branches on it.
struct TransportShape {
  /// 0 for protocols without ports.
  std::uint8_t least_size = 0;
  /// The octet that tells the header's length in words, and how far up in it; none if the mask is
  /// 0.
  std::uint8_t offset_at = 0;
  std::uint8_t offset_shift = 0;
  std::uint16_t offset_mask = 0;
  /// Of the 16 bits at octet 4, as length of header and payload: UDP's.
  std::uint16_t length_mask = 0;
  /// Of everything only TCP has.
  std::uint32_t tcp_mask = 0;
};
inline constexpr auto transport_shapes = [] {
  std::array<TransportShape, 256> shapes{};
  // RFC 9293 3.1: at least five words.
  shapes[ip_protocol::tcp] = {.least_size = 20,
                              .offset_at = 12,
                              .offset_shift = 4,
                              .offset_mask = 0x3c,
                              .tcp_mask = 0xffffffff};
  shapes[ip_protocol::udp] = {.least_size = 8, .length_mask = 0xffff};
  // RFC 3828 3.1: in the place of a length is the checksum's coverage.
  shapes[ip_protocol::udp_lite] = {.least_size = 8};
  shapes[ip_protocol::sctp] = {.least_size = 12};
  // RFC 4340 5.1: twelve octets with short sequence numbers.
  shapes[ip_protocol::dccp] = {.least_size = 12, .offset_at = 4, .offset_mask = 0x3fc};
  return shapes;
}();
static_assert([] {
  for (unsigned number = 0; number < 256; ++number) {
    const auto protocol = static_cast<std::uint8_t>(number);
    if (ip_protocol::has_ports(protocol) != (transport_shapes[protocol].least_size != 0)) {
      return false;
    }
  }
  return true;
}());

/// What reading the fields below touches.
inline constexpr std::size_t readable = 16;

/// The window scale of a SYN; 0 if it has none, or if it was cut off.
[[nodiscard]] std::uint8_t window_scale(Bytes header, std::uint32_t header_length) noexcept;
/// What was captured of the header ends early, or the whole datagram is that short.
void read_short(Bytes header, std::uint32_t length, const TransportShape& shape,
                PacketFacts& facts) noexcept;
void read_without_ports(Bytes header, std::uint32_t length, std::uint8_t protocol,
                        PacketFacts& facts) noexcept;

/// Precondition: `readable` octets.
inline void read_fields(const std::uint8_t* octets, Bytes header, std::uint32_t length,
                        const TransportShape& shape, PacketFacts& facts) noexcept {
  const std::uint32_t words = octets[shape.offset_at] >> shape.offset_shift;
  const std::uint32_t header_length =
      std::max<std::uint32_t>(shape.least_size, words * 4 & shape.offset_mask);
  // RFC 768: the length bounds the payload, what is behind is no part of it (RFC 9868 calls it
  // surplus). One that is too small to be true, or 0 (RFC 2675), bounds nothing.
  const std::uint32_t stated = load_be<std::uint16_t>(octets + 4) & shape.length_mask;
  const std::uint32_t unbounded = stated < shape.least_size ? 1 : 0;
  const std::uint32_t end = std::min(length, stated | (0 - unbounded));
  facts.payload_bytes = end - std::min(end, header_length);

  const std::uint32_t mask = shape.tcp_mask;
  const std::uint32_t flags = octets[13] & mask;
  facts.tcp_flags = static_cast<std::uint8_t>(flags);
  facts.sequence = load_be<std::uint32_t>(octets + 4) & mask;
  facts.acknowledgment = load_be<std::uint32_t>(octets + 8) & mask;
  facts.window = static_cast<std::uint16_t>(load_be<std::uint16_t>(octets + 14) & mask);
  constexpr std::uint32_t deciding =
      wire::tcp_flags::syn | wire::tcp_flags::fin | wire::tcp_flags::rst;
  facts.plain = (flags & deciding) == 0;
  facts.numbered = mask != 0;
  const std::uint32_t marks = (flags & wire::tcp_flags::fin) + (flags >> 1 & 1);
  facts.sequence_end = facts.sequence + ((facts.payload_bytes + marks) & mask);
  if ((flags & wire::tcp_flags::syn) != 0) [[unlikely]]
    facts.window_scale = window_scale(header, header_length);
}

}  // namespace detail

/// Reads the header that starts `header`, as far as that reaches. `length` is what the datagram
/// carries, header included. Fills in everything of `facts` that is not the network's.
inline Ports read_transport(Bytes header, std::uint32_t length, std::uint8_t protocol,
                            PacketFacts& facts) noexcept {
  const detail::TransportShape& shape = detail::transport_shapes[protocol];
  if (shape.least_size == 0) {
    detail::read_without_ports(header, length, protocol, facts);
    return {};
  }
  if (header.size() >= detail::readable) [[likely]] {
    detail::read_fields(header.data(), header, length, shape, facts);
  } else {
    detail::read_short(header, length, shape, facts);
    if (header.size() < 4) return {};
  }
  return {load_be<std::uint16_t>(header.data()), load_be<std::uint16_t>(header.data() + 2)};
}

}  // namespace weir::flow
