// decode(): a fast path for what most packets are, and the walk for everything else.
#include "walk.h"
#include "weir/bytes.h"

namespace weir::wire {
namespace {

constexpr std::size_t ethernet_size = 14;
constexpr std::size_t ipv4_size = 20;
constexpr std::size_t ipv6_size = 40;
constexpr std::size_t tcp_size = 20;
constexpr std::size_t udp_size = 8;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;

/// One IP header found by the fast path.
struct Outer {
  Protocol name;
  std::uint8_t protocol;
  std::uint16_t header_length;
  /// Bytes of the datagram from the start of the IP header; 0: to the end of the frame.
  std::uint32_t length;
};

/// Reads an IPv4 header without options or fragmentation, or an IPv6 header followed by TCP or UDP.
/// False for anything else: the walk decides.
inline bool plain_ip(const std::uint8_t* frame, std::size_t size, Outer& ip) noexcept {
  const auto ether_type = load_be<std::uint16_t>(frame + 12);
  const std::uint8_t* header = frame + ethernet_size;
  if (ether_type == 0x0800) {
    // Version 4, five words; of the flags and offset only "don't fragment" may be set.
    if (header[0] != 0x45 || (load_be<std::uint16_t>(header + 6) & 0x3fff) != 0) return false;
    const auto total = load_be<std::uint16_t>(header + 2);
    if (total < ipv4_size) return false;
    ip = {Protocol::ipv4, header[9], ipv4_size, total};
    return true;
  }
  if (ether_type == 0x86dd) {
    if (size < ethernet_size + ipv6_size || (header[0] >> 4) != 6) return false;
    const auto payload = load_be<std::uint16_t>(header + 4);
    if (payload == 0) return false;
    ip = {Protocol::ipv6, header[6], ipv6_size, static_cast<std::uint32_t>(ipv6_size + payload)};
    return true;
  }
  return false;
}

/// Ethernet, plain IP and TCP or UDP, all headers whole. Leaves `layers` untouched when it fails.
inline bool decode_plain(const Packet& packet, Depth depth, Layers& layers) noexcept {
  const std::size_t size = packet.data.size();
  if (packet.link_type != LinkType::ethernet || size < ethernet_size + ipv4_size + udp_size ||
      has(packet.flags, PacketFlags::has_fcs)) {
    return false;
  }
  const std::uint8_t* frame = packet.data.data();
  Outer ip;  // NOLINT: written by plain_ip
  if (!plain_ip(frame, size, ip)) return false;

  const auto transport = static_cast<std::uint32_t>(ethernet_size + ip.header_length);
  const std::size_t datagram_end = std::min<std::size_t>(size, ethernet_size + ip.length);
  if (datagram_end < transport + udp_size) return false;
  const std::uint8_t* header = frame + transport;
  std::uint16_t length = udp_size;
  Step next = Step::stop;
  std::uint64_t transport_length = ip.length - ip.header_length;
  if (ip.protocol == protocol_tcp) {
    if (datagram_end < transport + tcp_size) return false;
    length = static_cast<std::uint16_t>((header[12] >> 4) * 4);
    if (length < tcp_size || datagram_end < transport + length) return false;
    next = tcp_application(load_be<std::uint16_t>(header), load_be<std::uint16_t>(header + 2));
  } else if (ip.protocol == protocol_udp) {
    transport_length = load_be<std::uint16_t>(header + 4);
    if (transport_length < udp_size || transport_length > ip.length - ip.header_length)
      return false;
    next = udp_application(load_be<std::uint16_t>(header), load_be<std::uint16_t>(header + 2));
  } else {
    return false;
  }

  layers.push({0, ethernet_size, Protocol::ethernet});
  layers.push({ethernet_size, ip.header_length, ip.name});
  layers.push({transport, length, ip.protocol == protocol_tcp ? Protocol::tcp : Protocol::udp});
  layers.outer = {1, 2, ip.protocol, Fragment::none};
  layers.inner = layers.outer;
  layers.payload_offset = transport + length;
  layers.payload_length = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(size, transport + transport_length) - layers.payload_offset);
  if (next != Step::stop && depth == Depth::all && layers.payload_length != 0) {
    Walk walk{packet, depth, layers};
    walk.limit(transport, transport_length);
    walk.run(next, layers.payload_offset);
  }
  return true;
}

}  // namespace

void decode_in_steps(const Packet& packet, Depth depth, Layers& layers) noexcept {
  Walk walk{packet, depth, layers};
  walk.run(walk.first(packet.link_type), 0);
}

Layers decode(const Packet& packet, Depth depth) noexcept {
  Layers layers;
  if (!decode_plain(packet, depth, layers)) decode_in_steps(packet, depth, layers);
  return layers;
}

}  // namespace weir::wire
