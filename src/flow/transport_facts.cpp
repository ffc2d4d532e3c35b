// From a transport header to ports, lengths and numbers.
#include "transport_facts.h"

#include <algorithm>
#include <array>

namespace weir::flow {
namespace detail {

static constexpr bool is_icmp(std::uint8_t protocol) noexcept {
  return protocol == ip_protocol::icmp || protocol == ip_protocol::icmpv6;
}

std::uint8_t window_scale(Bytes header, std::uint32_t header_length) noexcept {
  constexpr std::uint8_t end = 0, no_operation = 1, scale = 3;  // RFC 9293 3.1, RFC 7323 2.2
  const std::uint8_t* const octets = header.data();
  const std::size_t size = std::min<std::size_t>(header.size(), header_length);
  for (std::size_t at = wire::TcpView::min_header_length; at + 1 < size;) {
    if (octets[at] == no_operation) {
      ++at;
      continue;
    }
    const std::size_t length = octets[at + 1];
    if (octets[at] == end || length < 2 || length > size - at) return 0;
    if (octets[at] == scale && length == 3) return octets[at + 2];
    at += length;
  }
  return 0;
}

void read_short(Bytes header, std::uint32_t length, const TransportShape& shape,
                PacketFacts& facts) noexcept {
  std::array<std::uint8_t, readable> octets{};
  std::ranges::copy(header.first(std::min(header.size(), octets.size())), octets.begin());
  if (header.size() < 6) octets[4] = octets[5] = 0;  // half a length
  if (header.size() < 16) octets[14] = octets[15] = 0;
  read_fields(octets.data(), header, length, shape, facts);
  if (shape.tcp_mask != 0 && header.size() < 14) {
    facts.sequence = facts.sequence_end = facts.acknowledgment = 0;
    facts.numbered = facts.plain = false;
  }
}

void read_without_ports(Bytes header, std::uint32_t length, std::uint8_t protocol,
                        PacketFacts& facts) noexcept {
  read_later_fragment(length, facts);
  facts.plain = true;
  if (!is_icmp(protocol) || header.size() < 2) return;
  facts.icmp = load_be<std::uint16_t>(header.data());
  facts.numbered = true;
}

}  // namespace detail

void read_later_fragment(std::uint32_t length, PacketFacts& facts) noexcept {
  facts.tcp_flags = 0;
  facts.payload_bytes = length;
  facts.sequence = facts.sequence_end = facts.acknowledgment = 0;
  facts.window = 0;
  facts.window_scale = 0;
  facts.icmp = 0;
  facts.numbered = facts.plain = false;
}

}  // namespace weir::flow
