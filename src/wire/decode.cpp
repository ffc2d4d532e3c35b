// decode(): a fast path for what most packets are, and the walk for everything else.
#include "application_ports.h"
#include "walk.h"
#include "weir/bytes.h"
#include "weir/wire/ether_type.h"

namespace weir::wire {
namespace {

constexpr std::uint16_t ethernet_size = 14;
constexpr std::uint16_t ipv4_size = 20;
constexpr std::uint16_t ipv6_size = 40;
constexpr std::uint16_t tcp_size = 20;
constexpr std::uint16_t udp_size = 8;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;

constexpr ProtocolSet set_of(Protocol network, Protocol transport) noexcept {
  ProtocolSet set;
  set.insert(Protocol::ethernet);
  set.insert(network);
  set.insert(transport);
  return set;
}

/// A TCP or UDP header found by the fast path.
struct Transport {
  std::uint32_t header_length;
  /// Header and payload as the length fields say.
  std::uint32_t length;
  Step application;
};

/// Reads TCP or UDP in the `length` bytes a datagram has behind its IP header, of which `captured`
/// are there. False for anything but a whole header with consistent lengths.
template <Protocol transport>
inline bool plain_transport(const std::uint8_t* header, std::size_t captured, std::uint32_t length,
                            Transport& found) noexcept {
  if (captured < (transport == Protocol::tcp ? tcp_size : udp_size)) return false;
  const auto source = load_be<std::uint16_t>(header);
  const auto destination = load_be<std::uint16_t>(header + 2);
  if constexpr (transport == Protocol::tcp) {
    const std::uint32_t header_length = (header[12] >> 4) * 4U;
    if (header_length < tcp_size || header_length > captured) return false;
    found = {header_length, length, tcp_application(source, destination)};
  } else {
    const auto own_length = load_be<std::uint16_t>(header + 4);
    if (own_length < udp_size || own_length > length) return false;
    found = {udp_size, own_length, udp_application(source, destination)};
  }
  return true;
}

/// Ethernet, IP with a header of `ip_size` bytes and `length` bytes behind it, then TCP or UDP.
/// Leaves `layers` untouched when it fails.
template <Protocol network, std::uint16_t ip_size, Protocol transport>
inline bool decode_plain(const Packet& packet, Depth depth, std::uint32_t length,
                         Layers& layers) noexcept {
  constexpr std::uint32_t start = ethernet_size + ip_size;
  const std::size_t size = packet.data.size();
  if (size < start + udp_size) return false;
  const std::size_t captured = std::min<std::size_t>(size - start, length);
  Transport found;  // NOLINT: written by plain_transport
  if (!plain_transport<transport>(packet.data.data() + start, captured, length, found)) {
    return false;
  }
  static constexpr ProtocolSet all = set_of(network, transport);
  layers.assign({0, ethernet_size, Protocol::ethernet}, {ethernet_size, ip_size, network},
                {start, static_cast<std::uint16_t>(found.header_length), transport}, all);
  const std::uint8_t protocol = transport == Protocol::tcp ? protocol_tcp : protocol_udp;
  layers.outer = {1, 2, protocol, Fragment::none};
  layers.inner = {1, 2, protocol, Fragment::none};
  layers.payload_offset = start + found.header_length;
  layers.payload_length =
      static_cast<std::uint32_t>(std::min<std::size_t>(captured, found.length)) -
      found.header_length;
  // Where nothing behind the header was captured, the walk has to tell snapped from empty.
  if (found.application != Step::stop && depth == Depth::all &&
      found.length != found.header_length &&
      std::max<std::size_t>(size, packet.wire_length) != layers.payload_offset) {
    Walk walk{packet, depth, layers};
    walk.limit(start, found.length);
    walk.run(found.application, layers.payload_offset);
  }
  return true;
}

/// The fast path: IPv4 without options or fragmentation, or IPv6, straight over Ethernet, and TCP
/// or UDP straight over it. False for anything else, with `layers` untouched.
inline bool decode_common(const Packet& packet, Depth depth, Layers& layers) noexcept {
  if (packet.link_type != LinkType::ethernet || packet.data.size() < ethernet_size + ipv4_size ||
      has(packet.flags, PacketFlags::has_fcs)) {
    return false;
  }
  const std::uint8_t* frame = packet.data.data();
  const std::uint8_t* ip = frame + ethernet_size;
  const auto ether_type = load_be<std::uint16_t>(frame + 12);
  if (ether_type == ether_type::ipv4) {
    // Version 4, five words; of the flags and offset only "don't fragment" may be set.
    const auto total = load_be<std::uint16_t>(ip + 2);
    const bool plain = ip[0] == 0x45 && (load_be<std::uint16_t>(ip + 6) & 0x3fff) == 0;
    if (!plain || total < ipv4_size) return false;
    const std::uint32_t length = total - ipv4_size;
    if (ip[9] == protocol_tcp) {
      return decode_plain<Protocol::ipv4, ipv4_size, Protocol::tcp>(packet, depth, length, layers);
    }
    return ip[9] == protocol_udp &&
           decode_plain<Protocol::ipv4, ipv4_size, Protocol::udp>(packet, depth, length, layers);
  }
  if (ether_type != ether_type::ipv6 || (ip[0] >> 4) != 6) return false;
  const auto length = load_be<std::uint16_t>(ip + 4);
  if (length == 0) return false;
  if (ip[6] == protocol_tcp) {
    return decode_plain<Protocol::ipv6, ipv6_size, Protocol::tcp>(packet, depth, length, layers);
  }
  return ip[6] == protocol_udp &&
         decode_plain<Protocol::ipv6, ipv6_size, Protocol::udp>(packet, depth, length, layers);
}

}  // namespace

void decode_in_steps(const Packet& packet, Depth depth, Layers& layers) noexcept {
  Walk walk{packet, depth, layers};
  walk.run(walk.first(packet.link_type), 0);
}

Layers decode(const Packet& packet, Depth depth) noexcept {
  Layers layers;
  if (!decode_common(packet, depth, layers)) decode_in_steps(packet, depth, layers);
  return layers;
}

}  // namespace weir::wire
