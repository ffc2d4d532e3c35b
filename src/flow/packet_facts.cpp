// From the layers of a packet to its flow key and lengths.
#include "packet_facts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <tuple>

#include "key_words.h"
#include "transport_facts.h"
#include "weir/bytes.h"
#include "weir/wire/ip_protocol.h"
#include "wire/plain_datagram.h"

namespace weir::flow {
namespace {

using wire::Fragment;
using wire::IpDatagram;
using wire::Layer;
using wire::Layers;

namespace ip_protocol = wire::ip_protocol;

/// Where the headers of a datagram stand in its packet, and what it carries.
struct Place {
  std::uint32_t network = 0;
  std::uint32_t payload = 0;
  /// Bytes of the datagram from its IP header on; as far as its frame reaches.
  std::uint32_t length = 0;
  bool v4 = false;
  std::uint8_t protocol = 0;
  Fragment fragment = Fragment::none;
};

/// Of a plain datagram: nothing that decode() would not say, in less time.
inline bool find_plain(const Packet& packet, Place& place) noexcept {
  return wire::find_plain_datagram(packet, [&]<class Ip>(Ip, std::uint32_t carried) noexcept {
    using At = wire::PlainDatagram<Ip>;
    const auto size = static_cast<std::uint32_t>(packet.data.size());
    const std::uint32_t room = std::max(packet.wire_length, size) - At::payload;
    const std::uint8_t protocol = packet.data.data()[At::network + Ip::protocol_at];
    place = {At::network,
             At::payload,
             Ip::size + std::min(carried, room),
             Ip::name == wire::Protocol::ipv4,
             protocol,
             Fragment::none};
    return wire::is_plain_transport(protocol);
  });
}

/// What of a key is read before the endpoints are put in order.
struct Ends {
  Ports ports{};
  std::array<std::uint16_t, FlowKey::max_vlans> vlans{};
  /// FlowKey's protocol and shape.
  std::uint16_t tail = 0;

  [[nodiscard]] std::uint8_t shape() const noexcept {
    return static_cast<std::uint8_t>(little_endian ? tail >> 8 : tail);
  }
};

/// Reads lengths and transport header.
inline Ends read_datagram(const Packet& packet, const Place& place, PacketFacts& facts) noexcept {
  const std::uint8_t* const data = packet.data.data();
  const auto captured = static_cast<std::uint32_t>(packet.data.size());
  const std::uint32_t carried = place.length - (place.payload - place.network);

  Ends ends{.tail = tail_of(place.protocol, place.v4 ? 4 : 6)};
  if (place.fragment != Fragment::later) [[likely]] {
    const std::uint32_t readable = std::min(carried, captured - place.payload);
    ends.ports = read_transport({data + place.payload, readable}, carried, place.protocol, facts);
  } else {
    read_later_fragment(carried, facts);
  }
  facts.wire_length = packet.wire_length;
  facts.ip_bytes = place.length;
  return ends;
}

/// The tags in front of the IP header, outer first.
void read_vlans(const Packet& packet, const Layers& layers, std::size_t network,
                Ends& ends) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < network && count < FlowKey::max_vlans; ++i) {
    const Layer& layer = layers[i];
    if (layer.protocol != wire::Protocol::vlan && layer.protocol != wire::Protocol::provider_vlan)
      continue;
    ends.vlans[count++] =
        load_be<std::uint16_t>(packet.data.data() + layer.offset) & std::uint16_t{0x0fff};
  }
  ends.tail |= tail_of(0, static_cast<unsigned>(count << 4));
}

inline void write_v4(const std::uint8_t* header, const Ends& ends, PacketFacts& facts) noexcept {
  const std::uint64_t source =
      std::uint64_t{load_be<std::uint32_t>(header + 12)} << 16 | ends.ports.source;
  const std::uint64_t destination =
      std::uint64_t{load_be<std::uint32_t>(header + 16)} << 16 | ends.ports.destination;
  const std::uint64_t low = std::min(source, destination);
  const std::uint64_t high = std::max(source, destination);
  facts.side = source > destination ? 1 : 0;
  for (auto& octets : facts.key.addresses) store_be(octets.data() + 8, std::uint64_t{0});
  store_be(facts.key.addresses[0].data(), low >> 16 << 32);
  store_be(facts.key.addresses[1].data(), high >> 16 << 32);
  write_rest(facts.key, static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(high),
             ends.vlans, ends.tail);
}

void write_v6(const std::uint8_t* header, const Ends& ends, PacketFacts& facts) noexcept {
  const auto end = [&](std::size_t offset, std::uint16_t port) {
    return std::tuple{load_be<std::uint64_t>(header + offset),
                      load_be<std::uint64_t>(header + offset + 8), port};
  };
  const bool swapped = end(8, ends.ports.source) > end(24, ends.ports.destination);
  facts.side = swapped ? 1 : 0;
  std::memcpy(facts.key.addresses[0].data(), header + (swapped ? 24 : 8), Ipv6Address::size);
  std::memcpy(facts.key.addresses[1].data(), header + (swapped ? 8 : 24), Ipv6Address::size);
  write_rest(facts.key, swapped ? ends.ports.destination : ends.ports.source,
             swapped ? ends.ports.source : ends.ports.destination, ends.vlans, ends.tail);
}

inline void write_key(const Packet& packet, const Place& place, const Ends& ends,
                      PacketFacts& facts) noexcept {
  const std::uint8_t* const header = packet.data.data() + place.network;
  if (place.v4) {
    write_v4(header, ends, facts);
  } else {
    write_v6(header, ends, facts);
  }
}

/// What the headers of a fragment say of the datagram it is a piece of.
struct Piece {
  /// RFC 791 3.1; RFC 8200 4.5.
  std::uint32_t identification = 0;
  /// The protocol each of its fragments names, which may be an extension header's.
  std::uint8_t named = 0;
};

Piece read_piece(const Packet& packet, const Layers& layers, const IpDatagram& ip) noexcept {
  const std::uint8_t* const data = packet.data.data();
  const Layer& network = layers[ip.network];
  if (network.protocol == wire::Protocol::ipv4) {
    const std::uint8_t* const header = data + network.offset;
    return {load_be<std::uint16_t>(header + 4), header[9]};
  }
  for (std::size_t i = ip.network + std::size_t{1}; i < layers.size(); ++i) {
    if (layers[i].protocol != wire::Protocol::ipv6_fragment) continue;
    const std::uint8_t* const header = data + layers[i].offset;
    return {load_be<std::uint32_t>(header + 4), header[0]};
  }
  return {};
}

/// Of a fragment; none if nothing of the flow is in the first one alone.
std::optional<DatagramKey> datagram_of(const Packet& packet, const Layers& layers,
                                       const IpDatagram& ip, const Ends& ends) {
  const Piece piece = read_piece(packet, layers, ip);
  const Layer& network = layers[ip.network];
  const bool v4 = network.protocol == wire::Protocol::ipv4;
  if (!ip_protocol::has_ports(piece.named) && !ip_protocol::is_extension(piece.named))
    return std::nullopt;

  DatagramKey datagram{.shape = ends.shape()};
  const std::size_t size = v4 ? Ipv4Address::size : Ipv6Address::size;
  const std::uint8_t* source = packet.data.data() + network.offset + (v4 ? 12 : 8);
  std::memcpy(datagram.addresses[0].data(), source, size);
  std::memcpy(datagram.addresses[1].data(), source + size, size);
  std::memcpy(datagram.ports.data(), &piece.identification, sizeof(piece.identification));
  datagram.vlans = ends.vlans;
  // RFC 8200 4.5: IPv6 tells datagrams apart without their protocol.
  if (v4) datagram.protocol = piece.named;
  return datagram;
}

/// Tells the table what the datagram's first fragment shows of its flow, or asks for it.
void join_fragment(FragmentTable& table, const DatagramKey& datagram, const IpDatagram& ip,
                   Ticks now, Ends& ends) {
  if (ip.fragment == Fragment::first) {
    table.remember(datagram, {{ends.ports.source, ends.ports.destination}, ip.protocol}, now);
  } else if (const auto first = table.find(datagram, now)) {
    ends.ports.source = first->ports[0];
    ends.ports.destination = first->ports[1];
    ends.tail = tail_of(first->protocol, ends.shape());
  }
}

}  // namespace

FactReader::FactReader(const TrackerOptions& options) noexcept
    : decoders_{options.decoders},
      depth_{options.inner ? wire::Depth::all : wire::Depth::transport},
      inner_{options.inner},
      plain_{!options.inner && options.decoders.keeps_plain_datagrams()},
      unidirectional_{options.unidirectional},
      vlan_{options.vlan},
      join_{options.fragments == Fragments::join},
      fragments_{options.hash_key} {}

bool FactReader::read(const Packet& packet, Ticks now, PacketFacts& facts) {
  Place place;
  if (plain_ && find_plain(packet, place)) {
    network_ = place.network;
    write_key(packet, place, read_datagram(packet, place, facts), facts);
  } else if (!read_decoded(packet, now, facts)) {
    return false;
  }
  if (unidirectional_) [[unlikely]]
    facts.key.narrow(facts.side);
  return true;
}

bool FactReader::read_decoded(const Packet& packet, Ticks now, PacketFacts& facts) {
  const Layers layers = wire::decode(packet, decoders_, depth_);
  const IpDatagram ip = inner_ ? layers.inner : layers.outer;
  if (!ip.present()) {
    facts.wire_length = packet.wire_length;
    return false;
  }
  const Layer& header = layers.begin()[ip.network];
  const Place place{.network = header.offset,
                    .payload = ip.payload_offset,
                    .length = ip.length,
                    .v4 = header.protocol == wire::Protocol::ipv4,
                    .protocol = ip.protocol,
                    .fragment = ip.fragment};
  network_ = place.network;
  Ends ends = read_datagram(packet, place, facts);
  if (vlan_) read_vlans(packet, layers, ip.network, ends);
  if (ip.fragment != Fragment::none && join_) {
    const auto datagram = datagram_of(packet, layers, ip, ends);
    if (datagram) join_fragment(fragments_, *datagram, ip, now, ends);
  }
  write_key(packet, place, ends, facts);
  return true;
}

Extras FactReader::extras_of(const Packet& packet) const noexcept {
  const std::uint8_t* const header = packet.data.data() + network_;
  if (header[0] >> 4 != 4) return {.packet = &packet, .ttl = header[7]};  // RFC 8200 3
  return {.packet = &packet, .ip_id = load_be<std::uint16_t>(header + 4), .ttl = header[8]};
}

}  // namespace weir::flow
