// The tracker: batches of packets, parsed, hashed and prefetched, then applied in order.
#include "weir/flow/tracker.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "packet_facts.h"
#include "present.h"
#include "table.h"

namespace weir::flow {

struct Tracker::State {
  static constexpr std::size_t group_size = 32;
  /// Groups under way at once, one at each stage.
  static constexpr std::size_t stages = 3;

  /// Packets that go through the stages together.
  struct Group {
    std::array<Arrival, group_size> arrivals;
    /// Of each arrival; only where a history is kept, or observers ask for packets.
    std::array<Extras, group_size> extras;
    std::size_t size = 0;
    /// What they are read from: one packet each, but for one that waits.
    const Packet* packets = nullptr;
    std::size_t waiting = group_size;
    [[nodiscard]] std::span<Arrival> span() noexcept { return {arrivals.data(), size}; }
    [[nodiscard]] Extras& extras_of(const Arrival& arrival) noexcept {
      return extras.data()[&arrival - arrivals.data()];  // NOLINT: unchecked, for every packet
    }
    [[nodiscard]] const Packet* packet(std::size_t index) const noexcept {
      return packets + index + (index >= waiting ? 1 : 0);
    }
  };

  explicit State(const TrackerOptions& options) : reader{options}, table{observers, options} {}

  /// While it lives, observers may be told something, and must not call.
  class Call {
   public:
    explicit Call(State& state) : state_{state} {
      state_.expect_no_call();
      state_.is_called = true;
    }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call() { state_.is_called = false; }

   private:
    State& state_;
  };
  void expect_no_call() const {
    if (is_called) [[unlikely]]
      refuse_call();
  }
  [[noreturn]] static void refuse_call();

  void add(std::span<const Packet> packets);
  void advance(Timestamp now);
  void finish();

  void parse(std::span<const Packet> packets, std::size_t begin, Group& group);
  /// For every packet: inlined by force.
  [[gnu::always_inline]] void apply(const Arrival& arrival, const Extras* extras, bool keeps);
  [[gnu::always_inline]] void count(const Arrival& arrival, const Extras* extras, bool keeps);
  void apply_noting(const Arrival& arrival, const Extras* extras);
  void apply(Group& group);
  void begin_time(std::span<const Packet> packets);
  void begin_time_at(Timestamp first) noexcept;
  void set_back(Timestamp next) noexcept;
  void apply_waiting(bool is_outlier);
  [[nodiscard]] bool is_time_known() const noexcept { return timed != 0 || is_time_told; }

  bool is_called = false;
  Observers observers;
  FactReader reader;
  Table table;
  std::array<Group, stages> groups;
  TrackerCounts counts;
  /// The present of packets parsed.
  Present present;
  /// Of packets applied: largest time stamp but for outliers, and how many had one, or more than
  /// one.
  Timestamp latest = Timestamp::min();
  std::uint64_t timed = 0;
  /// The last packet parsed if it is far ahead of the present: what comes next says if it is that.
  std::optional<Arrival> waiting{};
  Extras waiting_extras{};
  std::optional<OwnedPacket> waiting_packet{};
  /// The first time stamp that was no outlier.
  std::optional<Timestamp> first_time{};
  std::uint64_t bytes_without_ip = 0;
  /// The time is known by other means than packets applied.
  bool is_time_told = false;
  /// What advance() was last told, if that is far ahead.
  Timestamp told = Timestamp::min();
};

void Tracker::State::refuse_call() {
  throw Error{ErrorCode::invalid_argument, "a tracker is called by one of its own observers"};
}

// While one group is applied, the records of the next and the slots of the one behind are on their
// way into the cache: what a stage asks for arrives while the other stages work on other groups.
void Tracker::State::add(std::span<const Packet> packets) {
  const Call call{*this};
  begin_time(packets);
  const std::size_t count = (packets.size() + group_size - 1) / group_size;
  for (std::size_t i = 0; i < count + stages - 1; ++i) {
    if (i < count) {
      Group& group = groups[i % stages];
      parse(packets, i * group_size, group);
      table.ask_for_slots(group.span());
    }
    if (i >= 1 && i - 1 < count) table.ask_for_records(groups[(i - 1) % stages].span());
    if (i >= 2) apply(groups[(i - 2) % stages]);
    if (table.history() != nullptr && i >= 1 && i - 1 < count) [[unlikely]] {
      table.ask_for_writers(groups[(i - 1) % stages].span());
    }
  }
}

/// What the first time stamps say about the packets before them.
void Tracker::State::begin_time(std::span<const Packet> packets) {
  const Packet* const first = first_timed(packets);
  if (first != nullptr) {
    if (waiting) apply_waiting(is_far_ahead(waiting->timestamp, first->timestamp));
    set_back(first->timestamp);
    const Packet* const second =
        first_timed(packets.subspan(static_cast<std::size_t>(first - packets.data()) + 1));
    if (!is_time_known() && second != nullptr &&
        is_far_ahead(first->timestamp, second->timestamp)) {
      begin_time_at(second->timestamp);
      table.advance(second->timestamp);
      is_time_told = true;
    }
  }
  present.begin(std::max(latest, table.now()), is_time_known());
}

/// The very first time stamp may be the wild one: if so, `next` is the present.
void Tracker::State::set_back(Timestamp next) noexcept {
  if (timed != 1 || table.now() != latest || !is_far_ahead(latest, next)) return;
  table.set_back(next);
  latest = next;
  first_time.reset();
  ++counts.outlier;
}

void Tracker::State::parse(std::span<const Packet> packets, std::size_t begin, Group& group) {
  const std::size_t end = std::min(begin + group_size, packets.size());
  group.packets = packets.data() + begin;
  group.waiting = group_size;
  const bool keeps_history = table.history() != nullptr;
  Arrival* arrival = group.arrivals.data();
  for (std::size_t i = begin; i < end; ++i, ++arrival) {
    const Packet& packet = packets.data()[i];  // NOLINT: unchecked, for every packet
    arrival->timestamp = packet.timestamp;
    arrival->is_timed = !has(packet.flags, PacketFlags::no_timestamp);
    arrival->is_outlier = false;
    if (!arrival->is_timed) [[unlikely]] {
      // It belongs to the present, once there is one.
      if (present.now() != Timestamp::min()) arrival->timestamp = present.now();
      arrival->has_ip = reader.read(packet, to_ticks(arrival->timestamp), arrival->facts);
      if (keeps_history && arrival->has_ip) group.extras_of(*arrival) = reader.extras_of(packet);
      continue;
    }
    const bool is_usual = present.moves_to(packet.timestamp);
    const Standing standing = is_usual ? Standing::usual : present.judge(packets.subspan(i));
    arrival->is_outlier = standing != Standing::usual;
    arrival->has_ip = reader.read(packet, to_ticks(present.now()), arrival->facts);
    if (keeps_history && arrival->has_ip) [[unlikely]]
      group.extras_of(*arrival) = reader.extras_of(packet);
    if (standing == Standing::unknown) [[unlikely]] {
      waiting = *arrival;
      waiting_extras = group.extras_of(*arrival);
      group.waiting = i - begin;
      if (observers.want_packets()) waiting_packet.emplace(packet);
      --arrival;
    }
  }
  group.size = static_cast<std::size_t>(arrival - group.arrivals.data());
}

inline void Tracker::State::count(const Arrival& arrival, const Extras* extras, bool keeps) {
  if (arrival.has_ip) {
    table.count(arrival, extras, keeps);
  } else {
    ++counts.without_ip;
    bytes_without_ip += arrival.facts.wire_length;
  }
}

inline void Tracker::State::apply(const Arrival& arrival, const Extras* extras, bool keeps) {
  if (arrival.is_outlier) {
    ++counts.outlier;
  } else {
    if (arrival.timestamp >= latest) {
      latest = arrival.timestamp;
    } else {
      ++counts.backward;
    }
    table.advance(arrival.timestamp);
  }
  count(arrival, extras, keeps);
}

/// Before there was a time, packets without one let none pass.
void Tracker::State::begin_time_at(Timestamp first) noexcept {
  if (!is_time_known()) table.begin_time(first);
}

/// Keeps `timed` and `first_time`, as long as they may change something.
void Tracker::State::apply_noting(const Arrival& arrival, const Extras* extras) {
  if (arrival.is_timed) {
    begin_time_at(arrival.timestamp);
    ++timed;
    if (!first_time && !arrival.is_outlier) first_time = arrival.timestamp;
  } else if (!is_time_known()) {
    count(arrival, extras, true);
    return;
  }
  apply(arrival, extras, true);
}

void Tracker::State::apply(Group& group) {
  if (table.history() != nullptr) table.ask_for_units(group.span());
  const std::span<const Arrival> arrivals = group.span();
  auto arrival = arrivals.begin();
  if (timed > 1 && first_time && !table.keeps_more() && table.history() == nullptr) [[likely]] {
    for (; arrival != arrivals.end() && !observers.want_packets(); ++arrival) {
      apply(*arrival, nullptr, false);
    }
  }
  for (; arrival != arrivals.end(); ++arrival) {
    const auto index = static_cast<std::size_t>(arrival - arrivals.begin());
    Extras& extras = group.extras[index];
    extras.packet = observers.want_packets() ? group.packet(index) : nullptr;
    apply_noting(*arrival, &extras);
  }
}

void Tracker::State::apply_waiting(bool is_outlier) {
  Arrival arrival = *std::exchange(waiting, std::nullopt);
  arrival.is_outlier = is_outlier;
  table.ask_for_slots({&arrival, 1});
  table.ask_for_records({&arrival, 1});
  const std::optional<OwnedPacket> packet = std::exchange(waiting_packet, std::nullopt);
  Extras extras = waiting_extras;
  extras.packet = packet ? &packet->packet() : nullptr;
  apply_noting(arrival, &extras);
}

void Tracker::State::advance(Timestamp now) {
  const Call call{*this};
  set_back(now);
  if (now <= table.now()) return;
  if (is_time_known() && is_far_ahead(now, table.now())) {
    const Timestamp before = std::exchange(told, now);
    if (before == Timestamp::min() || now <= before) return;
  }
  told = Timestamp::min();
  begin_time_at(now);
  is_time_told = true;
  if (waiting) apply_waiting(is_far_ahead(waiting->timestamp, now));
  table.advance(now);
}

void Tracker::State::finish() {
  const Call call{*this};
  if (waiting) apply_waiting(true);
  table.finish();
  observers.on_finish();
}

Tracker::Tracker(Observer& observer, const TrackerOptions& options)
    : state_{std::make_unique<State>(options)} {
  attach(observer);
}
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;
Tracker::~Tracker() = default;

void Tracker::attach(Observer& observer) { state_->observers.attach(observer); }

void Tracker::detach(const Observer& observer) noexcept { state_->observers.detach(observer); }

void Tracker::add(std::span<const Packet> packets) { state_->add(packets); }

void Tracker::advance(Timestamp now) { state_->advance(now); }

void Tracker::finish() { state_->finish(); }

const Flow* Tracker::find(std::uint8_t protocol, const Endpoint& one, const Endpoint& other,
                          std::span<const std::uint16_t> vlans) const {
  state_->expect_no_call();
  return state_->table.find_live(protocol, one, other, vlans);
}

LiveFlows Tracker::flows() const {
  state_->expect_no_call();
  return state_->table.live_flows();
}

std::vector<const Flow*> Tracker::top(std::size_t count, Order order) const {
  state_->expect_no_call();
  return state_->table.top(count, order);
}

std::optional<Rates> Tracker::rates(const Flow& flow) const noexcept {
  return state_->table.rates(flow);
}

FlowHistory Tracker::history(const Flow& flow) const { return state_->table.history_of(flow); }

HistoryCounts Tracker::history_counts() const noexcept {
  const HistoryStore* const history = state_->table.history();
  return history != nullptr ? history->counts() : HistoryCounts{};
}

std::uint64_t Tracker::history_packets(std::uint8_t protocol) const noexcept {
  const HistoryStore* const history = state_->table.history();
  return history != nullptr ? history->packets(protocol) : 0;
}

TrackerCounts Tracker::counts() const noexcept {
  const Table& table = state_->table;
  const FragmentTable& fragments = state_->reader.fragments();
  TrackerCounts counts = state_->counts;
  counts.tracked = table.counted();
  counts.packets = counts.tracked + counts.without_ip;
  counts.flows_started = table.started();
  counts.flows_ended = table.ended();
  counts.flows_evicted = table.evicted();
  counts.flows_evicted_kept = table.evicted_kept();
  counts.fragments_unmatched = fragments.unmatched();
  counts.fragments_evicted = fragments.evicted();
  counts.packets_untold = table.untold();
  counts.frame_bytes = table.counted_bytes() + state_->bytes_without_ip;
  counts.hits = table.hits();
  counts.misses = table.misses();
  counts.syn_packets = table.syn_packets();
  counts.fin_packets = table.fin_packets();
  return counts;
}

TrackerFacts Tracker::facts() const noexcept {
  const Table& table = state_->table;
  TrackerFacts facts{.counts = counts(),
                     .flows = table.size(),
                     .flows_by_protocol = table.live(),
                     .memory = memory(),
                     .reaping = table.reaping()};
  facts.first = state_->first_time;
  if (facts.first) facts.last = state_->latest;
  return facts;
}

double TrackerFacts::packets_per_second() const noexcept {
  if (!first || *first >= *last) return 0;
  const Ticks time = to_ticks(*last) - to_ticks(*first);
  return static_cast<double>(counts.packets) * 1e9 / static_cast<double>(time);
}

std::size_t Tracker::size() const noexcept { return state_->table.size(); }

std::size_t Tracker::size(std::uint8_t protocol) const noexcept {
  return state_->table.size(protocol);
}

std::size_t Tracker::memory() const noexcept {
  const std::optional<OwnedPacket>& waiting = state_->waiting_packet;
  return sizeof(State) - sizeof(Table) + state_->table.memory() +
         state_->reader.fragments().memory() + (waiting ? waiting->packet().data.size() : 0);
}

}  // namespace weir::flow
