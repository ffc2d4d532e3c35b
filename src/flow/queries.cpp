// What a table is asked between packets: for one flow, for all, for the first of an order.
#include <algorithm>
#include <tuple>
#include <utility>

#include "table.h"

namespace weir::flow {
namespace {

/// As the packets of the flow make it. Precondition: the addresses are of one version.
FlowKey key_of(std::uint8_t protocol, const Endpoint& one, const Endpoint& other,
               std::span<const std::uint16_t> vlans, bool unidirectional) noexcept {
  const bool swapped = std::tie(other.address, other.port) < std::tie(one.address, one.port);
  const Endpoint& low = swapped ? other : one;
  const Endpoint& high = swapped ? one : other;
  const std::size_t vlan_count = std::min(vlans.size(), FlowKey::max_vlans);
  FlowKey key{.ports = {low.port, high.port}, .protocol = protocol};
  std::ranges::copy(low.address.bytes(), key.addresses[0].begin());
  std::ranges::copy(high.address.bytes(), key.addresses[1].begin());
  std::ranges::copy(vlans.first(vlan_count), key.vlans.begin());
  key.shape =
      static_cast<std::uint8_t>(static_cast<std::size_t>(low.address.version()) | vlan_count << 4);
  if (unidirectional) key.narrow(swapped ? 1 : 0);
  return key;
}

/// A flow and what it is ranked by: a fraction, so that rates are compared exactly.
struct Ranked {
  std::uint64_t amount = 0;
  Ticks over = 1;
  const Flow* flow = nullptr;
};

bool is_before(const Ranked& one, const Ranked& other) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide left = Wide{one.amount} * other.over;
  const Wide right = Wide{other.amount} * one.over;
  if (left != right) return left > right;
  return one.flow->id() < other.flow->id();
}

Ranked rank(const Flow& flow, Order order) noexcept {
  const Counters& one = flow.from_originator();
  const Counters& other = flow.from_responder();
  const Ticks duration = to_ticks(flow.end()) - to_ticks(flow.start());
  const auto rate = [&](std::uint64_t amount) -> Ranked {
    if (duration == 0) return {.flow = &flow};
    return {amount, duration, &flow};
  };
  switch (order) {
    case Order::packets:
      return {one.packets + other.packets, 1, &flow};
    case Order::bytes:
      return {one.frame_bytes + other.frame_bytes, 1, &flow};
    case Order::packet_rate:
      return rate(one.packets + other.packets);
    case Order::byte_rate:
      return rate(one.frame_bytes + other.frame_bytes);
    case Order::start:
      return {never - to_ticks(flow.start()), 1, &flow};
  }
  return {.flow = &flow};
}

}  // namespace

const Flow* Table::find_live(std::uint8_t protocol, const Endpoint& one, const Endpoint& other,
                             std::span<const std::uint16_t> vlans) const noexcept {
  const int version = one.address.version();
  if (version == 0 || version != other.address.version()) return nullptr;
  const FlowKey key = key_of(protocol, one, other, vlans, unidirectional_);
  const std::uint32_t index = slots_.find(SlotTable::tag(hash_(key)), [&](std::uint32_t candidate) {
    return records_[candidate].has_key(key);
  });
  if (index == SlotTable::none || records_[index].is_resting()) return nullptr;
  return &records_[index];
}

std::vector<const Flow*> Table::top(std::size_t count, Order order) const {
  count = std::min(count, size());
  if (count == 0) return {};
  std::vector<Ranked> best;  // once it is full, a heap with the last of the order on top
  best.reserve(count);
  for (const Flow& flow : live_flows()) {
    const Ranked candidate = rank(flow, order);
    if (best.size() < count) {
      best.push_back(candidate);
      if (best.size() == count) std::ranges::make_heap(best, is_before);
    } else if (is_before(candidate, best.front())) {
      std::ranges::pop_heap(best, is_before);
      best.back() = candidate;
      std::ranges::push_heap(best, is_before);
    }
  }
  std::ranges::sort(best, is_before);
  std::vector<const Flow*> flows(best.size());
  std::ranges::transform(best, flows.begin(), &Ranked::flow);
  return flows;
}

std::uint32_t Table::index_of(const Flow& flow) const noexcept {
  const auto is_that = [&](std::uint32_t index) {
    return records_[index].has_key(flow.key()) && records_[index].id() == flow.id();
  };
  const std::uint32_t index = slots_.find(SlotTable::tag(hash_(flow.key())), is_that);
  if (index != SlotTable::none) return index;
  // The one that is told to end now is out already.
  if (ended_record_ < records_.high_water() && is_that(ended_record_)) return ended_record_;
  return SlotTable::none;
}

std::optional<Rates> Table::rates(const Flow& flow) const noexcept {
  if (!rates_.are_kept()) return std::nullopt;
  const std::uint32_t index = index_of(flow);
  if (index == SlotTable::none) return std::nullopt;
  return rates_.at(index, to_ticks(now_));
}

LiveFlows::Iterator::Iterator(const RecordSlab& records) noexcept : records_{&records} {
  find_live();
}

LiveFlows::Iterator& LiveFlows::Iterator::operator++() noexcept {
  ++index_;
  find_live();
  return *this;
}

LiveFlows::Iterator LiveFlows::begin() const noexcept { return Iterator{*records_}; }

void LiveFlows::Iterator::find_live() noexcept {
  for (; index_ < records_->high_water(); ++index_) {
    flow_ = &(*records_)[index_];
    if ((*records_)[index_].is_live()) return;
  }
  flow_ = nullptr;
}

}  // namespace weir::flow
