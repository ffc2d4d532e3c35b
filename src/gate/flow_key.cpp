// flow_key(), from what decode() finds.
#include "gate/flow_key.h"

#include <algorithm>
#include <cstring>

#include "weir/wire/ip_protocol.h"
#include "weir/wire/layers.h"

namespace weir::gate {
namespace {

constexpr std::size_t ipv4_addresses = 12;
constexpr std::size_t ipv6_addresses = 8;

std::array<std::uint8_t, 16> mapped(Bytes ipv4) noexcept {
  std::array<std::uint8_t, 16> address{};
  address[10] = address[11] = 0xff;
  std::ranges::copy(ipv4, address.begin() + 12);
  return address;
}

}  // namespace

std::optional<FlowKey> flow_key(const Packet& packet) noexcept {
  const wire::Layers layers = wire::decode(packet, wire::Depth::transport);
  const wire::IpDatagram& datagram = layers.outer;
  if (!datagram.present() || datagram.transport == wire::IpDatagram::absent ||
      datagram.fragment != wire::Fragment::none) {
    return std::nullopt;
  }
  const wire::Layer& transport = layers[datagram.transport];
  const bool is_tcp = transport.protocol == wire::Protocol::tcp;
  if ((!is_tcp && transport.protocol != wire::Protocol::udp) || transport.header_length < 4) {
    return std::nullopt;
  }
  FlowKey key{.adapter = packet.interface_index,
              .protocol = is_tcp ? wire::ip_protocol::tcp : wire::ip_protocol::udp};
  std::memcpy(&key.source_port, packet.data.data() + transport.offset, sizeof key.source_port);
  std::memcpy(&key.destination_port, packet.data.data() + transport.offset + 2,
              sizeof key.destination_port);
  const Bytes ip = packet.data.subspan(layers[datagram.network].offset);
  if (layers[datagram.network].protocol == wire::Protocol::ipv4) {
    key.source = mapped(ip.subspan(ipv4_addresses, 4));
    key.destination = mapped(ip.subspan(ipv4_addresses + 4, 4));
  } else {
    std::ranges::copy(ip.subspan(ipv6_addresses, 16), key.source.begin());
    std::ranges::copy(ip.subspan(ipv6_addresses + 16, 16), key.destination.begin());
  }
  return key;
}

}  // namespace weir::gate
