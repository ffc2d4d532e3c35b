// Frames with checksums: right ones, those left to the adapter as Linux has them, and what of them
// is right.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/frames.h"
#include "weir/packet.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/frame_writer.h"
#include "weir/wire/layers.h"

namespace weir::test {

/// Headers from the outermost on, and a payload at last, with right checksums.
template <class... Parts>
Octets sealed(const Parts&... parts) {
  Octets buffer(300'000);
  const auto built = wire::build(MutableBytes{buffer}, parts...);
  if (!built) throw std::invalid_argument{"a frame was not built"};
  return {built->begin(), built->end()};
}

inline Packet packet_of(Bytes frame, LinkType link_type = LinkType::ethernet) {
  return {.data = frame,
          .wire_length = static_cast<std::uint32_t>(frame.size()),
          .link_type = link_type};
}

/// "ip good, udp bad", of all headers that have a checksum.
inline std::string checksums_of(Bytes frame, LinkType link_type = LinkType::ethernet) {
  const Packet packet = packet_of(frame, link_type);
  const wire::Layers layers = wire::decode(packet);
  const wire::ChecksumVerdicts verdicts = wire::verify_checksums(packet, layers);
  std::string text;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (verdicts[i] == wire::ChecksumVerdict::none) continue;
    if (!text.empty()) text += ", ";
    text += wire::name(layers[i].protocol);
    text += ' ';
    text += wire::name(verdicts[i]);
  }
  return text;
}

/// Where a transport checksum stands: behind an Ethernet header without tags.
inline constexpr std::size_t ipv4_transport = 34;
inline constexpr std::size_t ipv6_transport = 54;

/// The frame with the checksum at `field` left to the adapter: there stands the sum of the
/// pseudo-header of `length` bytes, word by word (RFC 9293 3.1), of the IP header at `network`.
inline Octets left_to_adapter(Octets frame, std::size_t network, std::size_t field,
                              std::uint8_t protocol, std::size_t length) {
  const bool is_ipv4 = frame[network] >> 4 == 4;
  const std::size_t begin = network + (is_ipv4 ? 12 : 8);
  std::uint64_t sum = protocol + length;
  for (std::size_t at = begin; at < begin + (is_ipv4 ? 8 : 32); at += 2) {
    sum += static_cast<std::uint64_t>(frame[at]) << 8 | frame[at + 1];
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  frame[field] = static_cast<std::uint8_t>(sum >> 8);
  frame[field + 1] = static_cast<std::uint8_t>(sum);
  return frame;
}

}  // namespace weir::test
