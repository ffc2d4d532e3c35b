// Asks rule by rule.
#include "gate/rules/evaluator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "weir/wire/ipv6.h"
#include "weir/wire/ipv6_extension.h"
#include "weir/wire/layers.h"

namespace weir::gate {
namespace {

/// Bytes of a segment that filters see where its headers had to be put together anew.
using FirstBytes = std::array<std::uint8_t, 2'048>;

/// The first of the segments that the packet stands for, as on the wire. Linux has put a jumbo
/// option of 8 bytes into those that are longer than IPv6 can tell, which no segment has.
Packet first_segment(const Packet& packet, std::uint32_t segment_size, FirstBytes& room) noexcept {
  constexpr std::size_t header = wire::Ipv6View::min_header_length;
  constexpr std::uint32_t option = 8;
  if (segment_size == 0) return packet;
  Packet first = packet;
  first.wire_length = limited_length(packet, segment_size);
  const wire::Layers layers = wire::decode(packet, wire::Depth::transport);
  const std::size_t at = layers.outer.present() ? layers[layers.outer.network].offset : 0;
  const Bytes ip = packet.data.subspan(at);
  const bool has_jumbo = layers.outer.present() && ip.size() > header + option && ip[0] >> 4 == 6 &&
                         ip[6] == 0 && ip[header + 1] == 0 &&
                         ip[header + 2] == wire::Ipv6Option::jumbo_payload;
  if (has_jumbo && at + header < room.size()) {
    first.wire_length -= option;
    std::ranges::copy(packet.data.first(at + header), room.begin());
    const Bytes rest = ip.subspan(header + option);
    const std::size_t size = std::min(rest.size(), room.size() - at - header);
    std::ranges::copy(rest.first(size), room.data() + at + header);
    room[at + 6] = ip[header];
    store_be(&room[at + 4], static_cast<std::uint16_t>(first.wire_length - at - header));
    first.data = Bytes{room}.first(at + header + size);
  }
  first.data = first.data.first(std::min<std::size_t>(first.data.size(), first.wire_length));
  return first;
}

}  // namespace

std::vector<Rule> asked_order(std::vector<Rule> rules) {
  std::vector<Rule> asked;
  asked.reserve(rules.size());
  for (const bool passes : {true, false}) {
    for (Rule& rule : rules) {
      if ((rule.action == Action::pass) == passes) asked.push_back(std::move(rule));
    }
  }
  return asked;
}

std::uint32_t limited_length(const Packet& packet, std::uint32_t segment_size) noexcept {
  if (segment_size == 0) return packet.wire_length;
  const wire::Layers layers = wire::decode(packet);
  if (layers.inner.transport == wire::IpDatagram::absent) return packet.wire_length;
  const wire::Layer& transport = layers[layers.inner.transport];
  return std::min(packet.wire_length, transport.offset + transport.header_length + segment_size);
}

void Evaluator::add(const Rule& rule, std::uint32_t adapter, filter::Filter filter) {
  entries_.push_back({adapter, rule.direction, rule.min_length, rule.max_length, neighbors_of(rule),
                      std::move(filter)});
}

std::optional<std::size_t> Evaluator::decide(const Packet& packet, std::uint32_t segment_size,
                                             std::size_t from) const noexcept {
  FirstBytes room;
  const Packet first = first_segment(packet, segment_size, room);
  const std::uint32_t length = first.wire_length;
  const NeighborKind neighbor = neighbor_in(packet);
  const auto matches = [&](const Entry& entry) {
    return (entry.adapter == 0 || entry.adapter == packet.interface_index) &&
           (entry.direction == Direction::unknown || entry.direction == packet.direction) &&
           length >= entry.min_length && length <= entry.max_length &&
           (neighbor == NeighborKind::none || entry.neighbors.contains(neighbor)) &&
           entry.filter.matches(first);
  };
  for (std::size_t i = from; i < entries_.size(); ++i) {
    if (matches(entries_[i])) return i;
  }
  return std::nullopt;
}

}  // namespace weir::gate
