// Builds frames for tests: frame(eth(0x0800), ip4(17), udp(), rest(4)), each header with the
// lengths of what stands behind it.
#pragma once

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "weir/bytes.h"
#include "weir/wire/ethernet.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/tcp.h"
#include "weir/wire/udp.h"

namespace weir::test {

using Octets = std::vector<std::uint8_t>;

/// `size` bytes of payload.
inline Octets rest(std::size_t size, std::uint8_t value = 0x5a) { return Octets(size, value); }

// A length beyond 65,535 is written as 0, as jumbograms and segmentation offload have it.
template <class Fields>
void leave_length_open(Fields&) {}
inline void leave_length_open(wire::Ipv4Fields& fields) { fields.total_length = 0; }
inline void leave_length_open(wire::Ipv6Fields& fields) { fields.payload_length = 0; }
inline void leave_length_open(wire::UdpFields& fields) { fields.length = 0; }

/// The bytes of one header with `behind` behind it. Checksums that are left open are 0.
template <class Fields>
Octets header_bytes(Fields fields, const Octets& behind) {
  if constexpr (std::same_as<Fields, Octets>) {
    return fields;
  } else {
    if (behind.size() > 65'535 - 60) leave_length_open(fields);
    Octets to(512);
    const wire::Written written = fields.write(to, Bytes{behind});
    if (!written) throw std::invalid_argument{"a header was not written"};
    to.resize(*written);
    return to;
  }
}

inline Octets frame() { return {}; }

/// Headers as Fields, or Octets as they are, from the outermost on.
template <class First, class... More>
Octets frame(const First& first, const More&... more) {
  const Octets behind = frame(more...);
  Octets all = header_bytes(first, behind);
  all.insert(all.end(), behind.begin(), behind.end());
  return all;
}

/// The frame with `size` bytes behind it that none of its lengths counts.
inline Octets padded(Octets frame, std::size_t size) {
  frame.resize(frame.size() + size, 0xee);
  return frame;
}

/// Puts `value` at `offset` instead of what is there.
inline Octets changed(Octets frame, std::size_t offset, std::uint8_t value) {
  frame.at(offset) = value;
  return frame;
}

inline wire::EthernetFields eth(std::uint16_t type_or_length) {
  return {.destination = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x01}},
          .source = {{0x00, 0x00, 0x5e, 0x00, 0x53, 0x02}},
          .type_or_length = type_or_length};
}

inline wire::Ipv4Fields ip4(std::uint8_t protocol) {
  return {.protocol = protocol, .source = {{192, 0, 2, 1}}, .destination = {{198, 51, 100, 2}}};
}

inline wire::Ipv6Fields ip6(std::uint8_t next_header) {
  return {.next_header = next_header,
          .source = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
          .destination = {{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}}};
}

// Ports that mean nothing, but for those given.
inline wire::TcpFields tcp(std::uint16_t destination_port = 7777) {
  return {.source_port = 50000,
          .destination_port = destination_port,
          .flags = wire::tcp_flags::ack | wire::tcp_flags::psh,
          .window = 512};
}
inline wire::UdpFields udp(std::uint16_t destination_port = 7777) {
  return {.source_port = 50000, .destination_port = destination_port};
}

/// IPv4, UDP and four bytes: 32 in all.
inline Octets datagram() { return frame(ip4(17), udp(), rest(4)); }
/// IPv6, UDP and four bytes: 52 in all.
inline Octets datagram6() { return frame(ip6(17), udp(), rest(4)); }

}  // namespace weir::test
