// The tracker: batches of packets, parsed, hashed and prefetched, then applied in order.
#include "weir/flow/tracker.h"

#include <algorithm>
#include <array>

#include "flow_table.h"
#include "packet_facts.h"

namespace weir::flow {

struct Tracker::State {
  /// Enough to hide the wait for memory, few enough to stay in the first cache.
  static constexpr std::size_t group_size = 64;

  State(Observer& observer_in, const TrackerOptions& options)
      : observer{observer_in}, reader{options}, table{observer_in, options} {}

  void add_group(std::span<const Packet> packets);
  void apply(const Arrival& arrival);
  void gather_counts() noexcept;

  Observer& observer;
  FactReader reader;
  FlowTable table;
  std::array<Arrival, group_size> arrivals;
  TrackerCounts counts;
  /// Largest time stamp so far.
  Timestamp latest = Timestamp::min();
};

void Tracker::State::add_group(std::span<const Packet> packets) {
  Timestamp now = latest;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    Arrival& arrival = arrivals[i];
    // A packet whose medium records no time belongs to the present, once there is one.
    const bool timeless = has(packets[i].flags, PacketFlags::no_timestamp);
    arrival.timestamp = timeless && now != Timestamp::min() ? now : packets[i].timestamp;
    now = std::max(now, arrival.timestamp);
    arrival.has_ip = reader.read(packets[i], to_ticks(now), arrival.facts);
    if (arrival.has_ip) table.prepare(arrival);
  }
  const std::span<Arrival> group{arrivals.data(), packets.size()};
  for (Arrival& arrival : group) {
    if (arrival.has_ip) table.guess(arrival);
  }
  for (const Arrival& arrival : group) apply(arrival);
}

void Tracker::State::apply(const Arrival& arrival) {
  if (arrival.timestamp >= latest) {
    latest = arrival.timestamp;
  } else {
    ++counts.backward;
  }
  table.advance(arrival.timestamp);
  if (arrival.has_ip) {
    table.count(arrival);
  } else {
    ++counts.without_ip;
  }
}

void Tracker::State::gather_counts() noexcept {
  counts.tracked = table.counted();
  counts.packets = counts.tracked + counts.without_ip;
  counts.flows_started = table.started();
  counts.flows_ended = table.ended();
  counts.flows_evicted = table.evicted();
  counts.fragments_unmatched = reader.fragments().unmatched();
  counts.fragments_evicted = reader.fragments().evicted();
}

Tracker::Tracker(Observer& observer, const TrackerOptions& options)
    : state_{std::make_unique<State>(observer, options)} {}
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;
Tracker::~Tracker() = default;

void Tracker::add(std::span<const Packet> packets) {
  while (!packets.empty()) {
    const std::size_t size = std::min(packets.size(), State::group_size);
    state_->add_group(packets.first(size));
    packets = packets.subspan(size);
  }
}

void Tracker::advance(Timestamp now) { state_->table.advance(now); }

void Tracker::finish() {
  state_->table.finish();
  state_->observer.on_finish();
}

const TrackerCounts& Tracker::counts() const noexcept {
  state_->gather_counts();
  return state_->counts;
}

std::size_t Tracker::size() const noexcept { return state_->table.size(); }

std::size_t Tracker::memory() const noexcept {
  return sizeof(State) - sizeof(FlowTable) + state_->table.memory() +
         state_->reader.fragments().memory();
}

}  // namespace weir::flow
