// Asks rule by rule.
#include "gate/rules/evaluator.h"

#include <algorithm>
#include <utility>

#include "weir/wire/layers.h"

namespace weir::gate {

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

void Evaluator::add(const Rule& rule, std::uint32_t adapter) {
  filter::Filter filter{rule.filter};
  for (const LinkType link_type : {LinkType::ethernet, LinkType::raw}) filter.prepare(link_type);
  entries_.push_back({adapter, rule.direction, rule.min_length, rule.max_length, neighbors_of(rule),
                      std::move(filter)});
}

std::optional<std::size_t> Evaluator::decide(const Packet& packet, std::uint32_t segment_size,
                                             std::size_t from) const noexcept {
  const std::uint32_t length = limited_length(packet, segment_size);
  const NeighborKind neighbor = neighbor_in(packet);
  const auto matches = [&](const Entry& entry) {
    return (entry.adapter == 0 || entry.adapter == packet.interface_index) &&
           (entry.direction == Direction::unknown || entry.direction == packet.direction) &&
           length >= entry.min_length && length <= entry.max_length &&
           (neighbor == NeighborKind::none || entry.neighbors.contains(neighbor)) &&
           entry.filter.matches(packet);
  };
  for (std::size_t i = from; i < entries_.size(); ++i) {
    if (matches(entries_[i])) return i;
  }
  return std::nullopt;
}

}  // namespace weir::gate
