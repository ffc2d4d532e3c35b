// What a table is asked between packets: for one flow, for all, for the first of an order.
#include <algorithm>
#include <array>
#include <utility>

#include "key_words.h"
#include "table.h"
#include "weir/bytes.h"

namespace weir::flow {
namespace {

/// An address as two words, and a port.
struct End {
  std::uint64_t high;
  std::uint64_t low;
  std::uint16_t port;

  explicit End(const Endpoint& endpoint) noexcept : port{endpoint.port} {
    const Ipv6Address address = endpoint.address.v6();  // of IPv4: its octets, then zeros
    high = load_be<std::uint64_t>(address.octets.data());
    low = load_be<std::uint64_t>(address.octets.data() + 8);
  }
  /// Without a branch: who of two comes first is as good as random.
  [[nodiscard]] bool is_before(const End& other) const noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide one = Wide{high} << 64 | low;
    const Wide two = Wide{other.high} << 64 | other.low;
    return (static_cast<unsigned>(one < two) |
            (static_cast<unsigned>(one == two) & static_cast<unsigned>(port < other.port))) != 0;
  }
  void write(std::array<std::uint8_t, Ipv6Address::size>& octets) const noexcept {
    store_be(octets.data(), high);
    store_be(octets.data() + 8, low);
  }
};

/// As the packets of the flow make it. Precondition: the addresses are of one version.
FlowKey key_of(std::uint8_t protocol, const Endpoint& one, const Endpoint& other,
               std::span<const std::uint16_t> identifiers, bool unidirectional) noexcept {
  const std::array<End, 2> ends{End{one}, End{other}};
  const unsigned first = ends[1].is_before(ends[0]) ? 1 : 0;
  const std::size_t vlan_count = std::min(identifiers.size(), FlowKey::max_vlans);
  std::array<std::uint16_t, FlowKey::max_vlans> vlans{};
  for (std::size_t i = 0; i < vlan_count; ++i) vlans[i] = identifiers[i];
  FlowKey key;
  ends[first].write(key.addresses[0]);
  ends[1 - first].write(key.addresses[1]);
  const auto shape =
      static_cast<unsigned>(one.address.version()) | static_cast<unsigned>(vlan_count) << 4;
  write_rest(key, ends[first].port, ends[1 - first].port, vlans, tail_of(protocol, shape));
  if (unidirectional) key.narrow(first);
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
  // The one that is told to end now is out already.
  if (ended_record_ < records_.high_water() && is_that(ended_record_)) return ended_record_;
  return slots_.find(SlotTable::tag(hash_(flow.key())), is_that);
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
