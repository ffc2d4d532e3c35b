// The addresses of a packet's innermost IP header and the ports behind it.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/bytes.h"
#include "weir/packet.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"

namespace weir::record {

/// Two addresses as they stand in a header, 4 or 16 octets each; empty where there is none.
/// Borrowed from the packet.
struct IpEndpoints {
  Bytes source{};
  Bytes destination{};
};

[[nodiscard]] inline IpEndpoints ip_endpoints(const Packet& packet,
                                              const wire::Layers& layers) noexcept {
  constexpr std::size_t ipv4_at = 12;
  constexpr std::size_t ipv6_at = 8;
  const wire::IpDatagram& datagram = layers.inner;
  if (!datagram.present()) return {};
  const wire::Layer& layer = layers[datagram.network];
  const Bytes header = packet.data.subspan(layer.offset);
  if (layer.protocol == wire::Protocol::ipv4) {
    if (!wire::Ipv4View::parse(header)) return {};
    return {header.subspan(ipv4_at, Ipv4Address::size),
            header.subspan(ipv4_at + Ipv4Address::size, Ipv4Address::size)};
  }
  if (!wire::Ipv6View::parse(header)) return {};
  return {header.subspan(ipv6_at, Ipv6Address::size),
          header.subspan(ipv6_at + Ipv6Address::size, Ipv6Address::size)};
}

/// The transport header of the innermost datagram, also where decode() found it cut or malformed;
/// null if none was reached.
[[nodiscard]] inline const wire::Layer* innermost_transport(const wire::Layers& layers) noexcept {
  const wire::IpDatagram& datagram = layers.inner;
  if (!datagram.present()) return nullptr;
  if (datagram.transport != wire::IpDatagram::absent) return &layers[datagram.transport];
  return layers.stop == wire::StopReason::payload ? nullptr : &layers[layers.size() - 1];
}

/// Both ports are the first two fields of every transport header that has them: this is the one at
/// `offset`.
[[nodiscard]] inline std::optional<std::uint16_t> port_at(const Packet& packet,
                                                          const wire::Layers& layers,
                                                          std::size_t offset) noexcept {
  const wire::Layer* const layer = innermost_transport(layers);
  if (layer == nullptr || !has_ports(layer->protocol)) return std::nullopt;
  const std::size_t end = offset + sizeof(std::uint16_t);
  if (layer->header_length < end && extent_of(packet, layers, *layer).captured.size() < end) {
    return std::nullopt;
  }
  return load_be<std::uint16_t>(packet.data.data() + layer->offset + offset);
}

[[nodiscard]] inline std::optional<std::uint16_t> source_port(const Packet& packet,
                                                              const wire::Layers& layers) noexcept {
  return port_at(packet, layers, 0);
}
[[nodiscard]] inline std::optional<std::uint16_t> destination_port(
    const Packet& packet, const wire::Layers& layers) noexcept {
  return port_at(packet, layers, sizeof(std::uint16_t));
}

}  // namespace weir::record
