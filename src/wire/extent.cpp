// How far the bytes of a header reach that decode() found.
#include <algorithm>
#include <cassert>
#include <cstddef>

#include "jumbogram.h"
#include "weir/wire/ipv4.h"
#include "weir/wire/ipv6.h"
#include "weir/wire/layers.h"

namespace weir::wire {
namespace {

/// Where the datagram ends on the wire, from the start of the data.
std::size_t end_of(const Layers& layers, const IpDatagram& datagram) noexcept {
  return std::size_t{layers[datagram.network].offset} + datagram.length;
}

std::size_t stated_length(const Ipv4View& ip) noexcept { return ip.stated_length(); }

/// Of an IP header between the outermost and the innermost, in something that ends at `end`.
template <class Ip>
std::size_t end_of(const Packet& packet, const Layer& layer, std::size_t end) noexcept {
  const auto ip = Ip::parse(packet.data.subspan(layer.offset));
  const std::size_t length = ip ? stated_length(*ip) : 0;
  return length == 0 ? end : std::min(end, layer.offset + length);
}

/// Where the innermost datagram around the header ends on the wire.
std::size_t datagram_end(const Packet& packet, const Layers& layers, std::size_t index) noexcept {
  if (index >= layers.inner.network) return end_of(layers, layers.inner);
  std::size_t end = end_of(layers, layers.outer);
  for (std::size_t i = layers.outer.network + std::size_t{1}; i <= index; ++i) {
    if (layers[i].protocol == Protocol::ipv4) end = end_of<Ipv4View>(packet, layers[i], end);
    if (layers[i].protocol == Protocol::ipv6) end = end_of<Ipv6View>(packet, layers[i], end);
  }
  return end;
}

}  // namespace

Extent extent_of(const Packet& packet, const Layers& layers, const Layer& layer) noexcept {
  const std::size_t captured = packet.data.size();
  const auto index = static_cast<std::size_t>(&layer - layers.begin());
  const bool in_datagram = layers.outer.present();
  std::size_t wire_end = in_datagram ? datagram_end(packet, layers, index)
                                     : std::max<std::size_t>(packet.wire_length, captured);
  std::size_t end = std::min(wire_end, captured);
  if (!in_datagram || index > layers.inner.transport) {
    end = std::min(end, std::size_t{layers.payload_offset} + layers.payload_length);
    if (end < captured) wire_end = end;
  }
  assert(layer.offset <= end);
  return {.captured = packet.data.subspan(layer.offset, end - layer.offset),
          .wire_length = wire_end - layer.offset};
}

}  // namespace weir::wire
