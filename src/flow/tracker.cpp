// The tracker: batches of packets, parsed, hashed and prefetched, then applied in order.
#include "weir/flow/tracker.h"

#include <algorithm>
#include <array>

#include "packet_facts.h"
#include "table.h"

namespace weir::flow {

struct Tracker::State {
  static constexpr std::size_t group_size = 32;
  /// Groups under way at once, one at each stage.
  static constexpr std::size_t stages = 3;

  /// Packets that go through the stages together.
  struct Group {
    std::array<Arrival, group_size> arrivals;
    std::size_t size = 0;
    [[nodiscard]] std::span<Arrival> span() noexcept { return {arrivals.data(), size}; }
  };

  State(Observer& observer_in, const TrackerOptions& options)
      : observer{observer_in}, reader{options}, table{observer_in, options} {}

  void add(std::span<const Packet> packets);
  void parse(std::span<const Packet> packets, Group& group);
  void apply(const Arrival& arrival);
  void gather_counts() noexcept;

  Observer& observer;
  FactReader reader;
  Table table;
  std::array<Group, stages> groups;
  TrackerCounts counts;
  /// The present of packets parsed: advance() moves it, too.
  Timestamp latest_parsed = Timestamp::min();
  /// Largest time stamp of packets applied.
  Timestamp latest = Timestamp::min();
};

// While one group is applied, the records of the next and the slots of the one behind are on their
// way into the cache: what a stage asks for arrives while the other stages work on other groups.
void Tracker::State::add(std::span<const Packet> packets) {
  latest_parsed = std::max(latest, table.now());
  const std::size_t count = (packets.size() + group_size - 1) / group_size;
  for (std::size_t i = 0; i < count + stages - 1; ++i) {
    if (i < count) {
      const std::size_t begin = i * group_size;
      Group& group = groups[i % stages];
      parse(packets.subspan(begin, std::min(group_size, packets.size() - begin)), group);
      table.ask_for_slots(group.span());
    }
    if (i >= 1 && i - 1 < count) table.ask_for_records(groups[(i - 1) % stages].span());
    if (i < 2) continue;
    for (const Arrival& arrival : groups[(i - 2) % stages].span()) apply(arrival);
  }
}

void Tracker::State::parse(std::span<const Packet> packets, Group& group) {
  Timestamp now = latest_parsed;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    Arrival& arrival = group.arrivals[i];
    // A packet whose medium records no time belongs to the present, once there is one.
    const bool timeless = has(packets[i].flags, PacketFlags::no_timestamp);
    arrival.timestamp = timeless && now != Timestamp::min() ? now : packets[i].timestamp;
    now = std::max(now, arrival.timestamp);
    arrival.has_ip = reader.read(packets[i], to_ticks(now), arrival.facts);
  }
  group.size = packets.size();
  latest_parsed = now;
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

void Tracker::add(std::span<const Packet> packets) { state_->add(packets); }

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
  return sizeof(State) - sizeof(Table) + state_->table.memory() +
         state_->reader.fragments().memory();
}

}  // namespace weir::flow
