// From the layers of a packet to its flow key and lengths.
#include "packet_facts.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "weir/bytes.h"

namespace weir::flow {
namespace {

using wire::Fragment;
using wire::IpDatagram;
using wire::Layer;
using wire::Layers;

constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t protocol_sctp = 132;
constexpr std::uint8_t no_next_header = 59;  // RFC 8200 4.7

bool has_ports(std::uint8_t protocol) noexcept {
  return protocol == protocol_tcp || protocol == protocol_udp || protocol == protocol_sctp;
}

/// Headers that stand between the IP header and what the datagram carries.
bool is_extension(wire::Protocol protocol) noexcept {
  return (protocol >= wire::Protocol::ipv6_hop_by_hop && protocol <= wire::Protocol::ipv6_shim6) ||
         protocol == wire::Protocol::ah;
}

/// Where what the datagram carries begins, from the start of the packet.
std::uint32_t payload_offset(const Layers& layers, const IpDatagram& ip) noexcept {
  if (ip.transport != IpDatagram::absent) return layers[ip.transport].offset;
  std::size_t last = ip.network;
  while (last + 1 < layers.size() && is_extension(layers[last + 1].protocol)) ++last;
  return layers[last].offset + layers[last].header_length;
}

/// Bytes of the whole datagram, as its header says; 0 if it leaves that to the frame.
std::uint32_t stated_length(const std::uint8_t* header, bool v4) noexcept {
  if (v4) return load_be<std::uint16_t>(header + 2);
  const auto payload = load_be<std::uint16_t>(header + 4);
  // RFC 2675: 0 is a jumbogram; but nothing at all needs no length.
  if (payload == 0 && header[6] != no_next_header) return 0;
  return 40U + payload;
}

/// RFC 791 3.1; RFC 8200 4.5.
std::uint32_t identification(const Packet& packet, const Layers& layers,
                             const IpDatagram& ip) noexcept {
  const Layer& network = layers[ip.network];
  if (network.protocol == wire::Protocol::ipv4) {
    return load_be<std::uint16_t>(packet.data.data() + network.offset + 4);
  }
  for (std::size_t i = ip.network + std::size_t{1}; i < layers.size(); ++i) {
    if (layers[i].protocol != wire::Protocol::ipv6_fragment) continue;
    return load_be<std::uint32_t>(packet.data.data() + layers[i].offset + 4);
  }
  return 0;
}

/// VLAN identifiers in front of the IP header as the key holds them.
struct Tags {
  std::uint16_t identifiers[FlowKey::max_vlans] = {0, 0};  // NOLINT: plain words
  std::uint8_t count = 0;
};

Tags read_tags(const Packet& packet, const Layers& layers, std::size_t network) noexcept {
  Tags tags;
  for (std::size_t i = 0; i < network && tags.count < FlowKey::max_vlans; ++i) {
    const Layer& layer = layers[i];
    if (layer.protocol != wire::Protocol::vlan && layer.protocol != wire::Protocol::provider_vlan)
      continue;
    tags.identifiers[tags.count++] =
        load_be<std::uint16_t>(packet.data.data() + layer.offset) & std::uint16_t{0x0fff};
  }
  return tags;
}

/// What a transport header tells, as far as it was captured.
struct Transport {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t tcp_flags = 0;
  std::uint32_t header_length = 0;
};

Transport read_transport(Bytes bytes, std::uint8_t protocol) noexcept {
  Transport transport;
  if (!has_ports(protocol)) return transport;
  transport.header_length = protocol == protocol_udp ? 8 : 12;
  const bool tcp = protocol == protocol_tcp;
  if (tcp) transport.header_length = 20;  // RFC 9293 3.1: at least five words
  if (bytes.size() >= 14) [[likely]] {
    const std::uint32_t stated = (bytes[12] >> 4) * 4U;
    transport.header_length = std::max(transport.header_length, tcp ? stated : 0);
    transport.tcp_flags = tcp ? bytes[13] : 0;
  } else if (bytes.size() < 4) {
    return transport;
  }
  transport.source_port = load_be<std::uint16_t>(bytes.data());
  transport.destination_port = load_be<std::uint16_t>(bytes.data() + 2);
  return transport;
}

}  // namespace

/// One IP datagram of a packet, read so far.
struct FactReader::Datagram {
  const Packet& packet;
  const Layers& layers;
  const IpDatagram& ip;
  const std::uint8_t* header;
  Tags tags{};
  std::uint8_t shape;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;

  [[nodiscard]] bool v4() const noexcept { return (shape & 0x0f) == 4; }
  void write_v4(PacketFacts& facts) const noexcept;
  void write_v6(PacketFacts& facts) const noexcept;
  void write_rest(FlowKey& key, std::uint16_t first_port, std::uint16_t second_port) const noexcept;
};

// Keys are written as whole words because they are read as such, at once: a load that gathers
// several smaller stores would wait for all of them to reach the cache.

void FactReader::Datagram::write_rest(FlowKey& key, std::uint16_t first_port,
                                      std::uint16_t second_port) const noexcept {
  const std::uint64_t halves[4] = {first_port, second_port, tags.identifiers[0],  // NOLINT
                                   tags.identifiers[1]};
  constexpr bool little = std::endian::native == std::endian::little;
  std::uint64_t word = 0;
  for (unsigned i = 0; i < 4; ++i) word |= halves[i] << 16 * (little ? i : 3 - i);
  std::memcpy(key.ports.data(), &word, sizeof(word));
  const auto tail =
      static_cast<std::uint16_t>(little ? ip.protocol | shape << 8 : ip.protocol << 8 | shape);
  std::memcpy(&key.protocol, &tail, sizeof(tail));
}

void FactReader::Datagram::write_v4(PacketFacts& facts) const noexcept {
  const std::uint64_t source =
      std::uint64_t{load_be<std::uint32_t>(header + 12)} << 16 | source_port;
  const std::uint64_t destination =
      std::uint64_t{load_be<std::uint32_t>(header + 16)} << 16 | destination_port;
  const std::uint64_t low = std::min(source, destination);
  const std::uint64_t high = std::max(source, destination);
  facts.side = source > destination ? 1 : 0;
  for (auto& octets : facts.key.addresses) store_be(octets.data() + 8, std::uint64_t{0});
  store_be(facts.key.addresses[0].data(), low >> 16 << 32);
  store_be(facts.key.addresses[1].data(), high >> 16 << 32);
  write_rest(facts.key, static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(high));
}

void FactReader::Datagram::write_v6(PacketFacts& facts) const noexcept {
  const auto end = [&](std::size_t offset, std::uint16_t port) {
    return std::tuple{load_be<std::uint64_t>(header + offset),
                      load_be<std::uint64_t>(header + offset + 8), port};
  };
  const bool swapped = end(8, source_port) > end(24, destination_port);
  facts.side = swapped ? 1 : 0;
  std::memcpy(facts.key.addresses[0].data(), header + (swapped ? 24 : 8), Ipv6Address::size);
  std::memcpy(facts.key.addresses[1].data(), header + (swapped ? 8 : 24), Ipv6Address::size);
  write_rest(facts.key, swapped ? destination_port : source_port,
             swapped ? source_port : destination_port);
}

FactReader::FactReader(const TrackerOptions& options) noexcept
    : depth_{options.inner ? wire::Depth::all : wire::Depth::transport},
      inner_{options.inner},
      vlan_{options.vlan},
      join_{options.fragments == Fragments::join},
      fragments_{options.hash_key.words[0]} {}

bool FactReader::read(const Packet& packet, Ticks now, PacketFacts& facts) {
  const Layers layers = wire::decode(packet, depth_);
  const IpDatagram& ip = inner_ ? layers.inner : layers.outer;
  if (!ip.present()) return false;
  const Layer& network = layers[ip.network];
  const bool v4 = network.protocol == wire::Protocol::ipv4;
  Datagram datagram{.packet = packet,
                    .layers = layers,
                    .ip = ip,
                    .header = packet.data.data() + network.offset,
                    .shape = static_cast<std::uint8_t>(v4 ? 4 : 6)};
  const auto captured = static_cast<std::uint32_t>(packet.data.size());
  const std::uint32_t wire_end = std::max(packet.wire_length, captured);
  const std::uint32_t behind_headers = payload_offset(layers, ip);

  std::uint32_t length = stated_length(datagram.header, v4);
  if (length == 0) length = captured - network.offset;
  length = std::clamp(length, behind_headers - network.offset, wire_end - network.offset);
  std::uint32_t payload = length - (behind_headers - network.offset);
  facts.tcp_flags = 0;
  if (ip.fragment != Fragment::later) [[likely]] {
    const std::uint32_t readable = std::min(payload, captured - behind_headers);
    const Transport transport =
        read_transport(packet.data.subspan(behind_headers, readable), ip.protocol);
    payload -= std::min(payload, transport.header_length);
    datagram.source_port = transport.source_port;
    datagram.destination_port = transport.destination_port;
    facts.tcp_flags = transport.tcp_flags;
  }
  facts.wire_length = packet.wire_length;
  facts.ip_bytes = length;
  facts.payload_bytes = payload;
  if (vlan_) {
    datagram.tags = read_tags(packet, layers, ip.network);
    datagram.shape = static_cast<std::uint8_t>(datagram.shape | datagram.tags.count << 4);
  }
  if (join_ && ip.fragment != Fragment::none) [[unlikely]]
    join_fragment(datagram, now);
  v4 ? datagram.write_v4(facts) : datagram.write_v6(facts);
  return true;
}

void FactReader::join_fragment(Datagram& datagram, Ticks now) {
  if (!has_ports(datagram.ip.protocol)) return;
  DatagramKey name{};
  const std::size_t size = datagram.v4() ? Ipv4Address::size : Ipv6Address::size;
  const std::uint8_t* source = datagram.header + (datagram.v4() ? 12 : 8);
  std::memcpy(name.key.addresses[0].data(), source, size);
  std::memcpy(name.key.addresses[1].data(), source + size, size);
  datagram.write_rest(name.key, 0, 0);
  name.identification = identification(datagram.packet, datagram.layers, datagram.ip);
  if (datagram.ip.fragment == Fragment::first) {
    fragments_.remember(name, {datagram.source_port, datagram.destination_port}, now);
  } else if (const auto ports = fragments_.find(name, now)) {
    datagram.source_port = (*ports)[0];
    datagram.destination_port = (*ports)[1];
  }
}

}  // namespace weir::flow
