// Adds up what belongs to one event.
#include "compat/net_filter/statistics.h"

#include <algorithm>
#include <set>

#include "weir/capture/adapter.h"

namespace weir::compat::net_filter {
namespace {

std::int64_t number(std::uint64_t count) noexcept { return static_cast<std::int64_t>(count); }

/// Counters of adapters may be set back: what a driver has lost is not counted.
std::int64_t since(std::uint64_t now, std::uint64_t before) noexcept {
  return now < before ? number(now) : number(now - before);
}

void set_drops(NetFilterStatisticsEventParams& event, const FilterCounts& counts) noexcept {
  event.packets_dropped_inbound = number(counts.dropped_inbound.packets);
  event.bytes_dropped_inbound = number(counts.dropped_inbound.bytes);
  event.packets_dropped_outbound = number(counts.dropped_outbound.packets);
  event.bytes_dropped_outbound = number(counts.dropped_outbound.bytes);
}

NetFilterStatisticsEventParams event_of(std::uint32_t adapter, bool filter_specific) noexcept {
  NetFilterStatisticsEventParams event;
  event.adapter_id = static_cast<int>(adapter);
  event.filter_specific = filter_specific;
  event.time_stamp = wall_clock();
  return event;
}

gate::Tally dropped(const gate::AdapterCounters& counters) noexcept {
  gate::Tally sum = counters.dropped;
  sum += counters.flow_dropped;
  sum += counters.full_dropped;
  sum += counters.hang_dropped;
  sum += counters.held_dropped;
  return sum;
}

}  // namespace

FilterCounts& FilterCounts::operator+=(const FilterCounts& other) noexcept {
  received += other.received;
  sent += other.sent;
  dropped_inbound += other.dropped_inbound;
  dropped_outbound += other.dropped_outbound;
  return *this;
}

FilterCounts counts_of(const gate::GateCounters& counters, std::uint32_t adapter) {
  FilterCounts counts;
  for (const gate::AdapterCounters& one : counters.adapters) {
    if (one.index != adapter) continue;
    const bool is_outgoing = one.direction == Direction::out;
    (is_outgoing ? counts.sent : counts.received) += one.seen;
    (is_outgoing ? counts.dropped_outbound : counts.dropped_inbound) += dropped(one);
  }
  return counts;
}

void Statistics::begin() {
  std::map<std::uint32_t, capture::LinkCounts> before;
  for (const capture::Adapter& adapter : capture::adapters()) {
    if (adapter.id == 0) continue;
    try {
      before[adapter.id] = capture::link_counts(adapter.id);
    } catch (const SystemError& error) {
      // It has gone meanwhile.
      if (error.code() != ErrorCode::not_found) throw;
    }
  }
  const std::lock_guard lock{mutex_};
  before_ = std::move(before);
  ended_.clear();
}

void Statistics::keep(const gate::GateCounters& counters) {
  // One that has gone and come back is there twice.
  std::set<std::uint32_t> adapters;
  for (const gate::AdapterCounters& one : counters.adapters) adapters.insert(one.index);
  const std::lock_guard lock{mutex_};
  for (const std::uint32_t adapter : adapters) ended_[adapter] += counts_of(counters, adapter);
}

void Statistics::forget(std::uint32_t adapter) noexcept {
  const std::lock_guard lock{mutex_};
  before_.erase(adapter);
  ended_.erase(adapter);
}

NetFilterStatisticsEventParams Statistics::total(std::uint32_t adapter,
                                                 const gate::GateCounters* counters) const {
  const capture::LinkCounts now = capture::link_counts(adapter);
  NetFilterStatisticsEventParams event = event_of(adapter, false);
  const std::lock_guard lock{mutex_};
  const auto known = before_.find(adapter);
  const capture::LinkCounts before = known == before_.end() ? capture::LinkCounts{} : known->second;
  event.packets_received = since(now.packets_received, before.packets_received);
  event.bytes_received = since(now.bytes_received, before.bytes_received);
  event.packets_sent = since(now.packets_sent, before.packets_sent);
  event.bytes_sent = since(now.bytes_sent, before.bytes_sent);
  FilterCounts filters;
  if (const auto ended = ended_.find(adapter); ended != ended_.end()) filters = ended->second;
  if (counters != nullptr) filters += counts_of(*counters, adapter);
  set_drops(event, filters);
  event.packets_dropped_inbound += since(now.received_dropped, before.received_dropped);
  event.packets_dropped_outbound += since(now.sent_dropped, before.sent_dropped);
  return event;
}

NetFilterStatisticsEventParams of_filter(std::uint32_t adapter,
                                         const gate::GateCounters& counters) {
  NetFilterStatisticsEventParams event = event_of(adapter, true);
  const FilterCounts filter = counts_of(counters, adapter);
  event.packets_received = number(filter.received.packets);
  event.bytes_received = number(filter.received.bytes);
  event.packets_sent = number(filter.sent.packets);
  event.bytes_sent = number(filter.sent.bytes);
  set_drops(event, filter);
  return event;
}

}  // namespace weir::compat::net_filter
