// MonitoredAdapter over capture::Live for packets and capture::Counter for totals.
#include "compat/ip_monitor/monitored_adapter.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "weir/error.h"

namespace weir::compat {

using capture::Counter;
using capture::CounterChange;
using capture::Counts;
using capture::Live;
using capture::Traffic;

namespace {

/// What BufferSize 0 stands for, as libpcap has it on Linux.
constexpr std::size_t default_buffer = std::size_t{2} << 20;
/// Longer than a block of the ring is filled before it is handed over.
constexpr std::chrono::milliseconds longer_than_a_block{100};
/// However much comes, a ring is not full sooner.
constexpr std::chrono::milliseconds look_into_ring_every{10};

/// BufferSize, in the words of those that open.
std::size_t ring_size(std::int64_t buffer, std::size_t usual) {
  const auto size = static_cast<std::size_t>(buffer);
  if (size > capture::largest_ring()) {
    throw Error{ErrorCode::invalid_argument, "BufferSize " + std::to_string(buffer) + ": 0 to " +
                                                 std::to_string(capture::largest_ring()) +
                                                 " bytes, what memory is available"};
  }
  return size == 0 ? usual : size;
}

}  // namespace

MonitoredAdapter::MonitoredAdapter(std::string name, const Settings& settings, const Choice& choice)
    : name_{std::move(name)}, settings_{settings}, choice_{choice}, capture_{opened(choice)} {}

// What is on the air in monitor mode can only be counted packet by packet.
MonitoredAdapter::Capture MonitoredAdapter::opened(const Choice& choice) const {
  if (choice.totals && !settings_.monitor_mode) {
    capture::CounterOptions options{
        .promiscuous = settings_.promiscuous, .traffic = choice.traffic, .filter = choice.filter};
    options.ring_size = ring_size(settings_.buffer_size, options.ring_size);
    return Counter{name_, options};
  }
  return Live{name_,
              {.snapshot_length = static_cast<std::uint32_t>(settings_.max_packet_size),
               .ring_size = ring_size(settings_.buffer_size, default_buffer),
               .promiscuous = settings_.promiscuous,
               .traffic = choice.traffic,
               .filter = choice.filter,
               .monitor_mode = settings_.monitor_mode}};
}

void MonitoredAdapter::reopen(const Choice& choice) {
  count(longer_than_a_block);
  const MonitorTotals before = totals({.and_waiting = false});
  capture_ = opened(choice);
  choice_ = choice;
  before_ = before;
  counted_ = {};
  refused_ = 0;
  mark_ = 0;
}

void MonitoredAdapter::change(const CounterChange& change) {
  Choice choice = choice_;
  if (change.filter) choice.filter = *change.filter;
  choice.traffic = change.traffic.value_or(choice.traffic);
  if (auto* const live = std::get_if<Live>(&capture_)) {
    live->change({.filter = change.filter, .traffic = change.traffic});
  } else if (!change_counter(std::get<Counter>(capture_), change)) {
    return reopen(choice);
  }
  choice_ = choice;
  judges_rest_ = true;
}

bool MonitoredAdapter::change_counter(Counter& counter, const CounterChange& change) {
  try {
    counter.change(change);
    return true;
  } catch (const FilterError&) {
    throw;
  } catch (const Error&) {
    // Not in the kernel: another counter finds its own way.
    return false;
  }
}

// Packets may be walked at this moment, so that a Live ends only when it is counted.
void MonitoredAdapter::tell_totals(bool totals) {
  Choice choice = choice_;
  choice.totals = totals;
  if (!totals && std::holds_alternative<Counter>(capture_)) return reopen(choice);
  choice_ = choice;
  is_last_resort_ = false;
}

void MonitoredAdapter::await(Duration longest) {
  mark_ = 0;
  if (!rest_.empty() || refill(Deadline::in(longest))) mark();
}

void MonitoredAdapter::mark() {
  const capture::LiveStatistics now = std::get<Live>(capture_).statistics();
  mark_ = now.delivered + now.filtered + now.waiting;
}

bool MonitoredAdapter::is_at_mark() {
  if (mark_ == 0) return true;
  const capture::LiveStatistics now = std::get<Live>(capture_).statistics();
  return now.delivered + now.filtered >= mark_;
}

bool MonitoredAdapter::next(Packet& packet) {
  for (;;) {
    while (!rest_.empty()) {
      packet = rest_.front();
      rest_ = rest_.subspan(1);
      if (is_wanted(packet)) return true;
      ++refused_;
    }
    if (is_at_mark() || !refill(Deadline::none())) return false;
  }
}

bool MonitoredAdapter::refill(Deadline deadline) {
  const Batch batch = std::get<Live>(capture_).next_batch(deadline);
  rest_ = batch.packets;
  judges_rest_ = false;
  is_gone_ = batch.is_last();
  return !rest_.empty();
}

bool MonitoredAdapter::is_wanted(const Packet& packet) const noexcept {
  if (!judges_rest_) return true;
  const bool is_out = packet.direction == Direction::out;
  if (choice_.traffic == Traffic::in && is_out) return false;
  if (choice_.traffic == Traffic::out && !is_out) return false;
  return choice_.filter.matches(packet);
}

void MonitoredAdapter::count_rest() {
  for (const Packet& packet : rest_) {
    if (!is_wanted(packet)) {
      ++refused_;
      continue;
    }
    ++untold_.packets;
    untold_.bytes += packet.wire_length;
  }
  rest_ = {};
}

void MonitoredAdapter::count(Counter& counter) {
  const Counts now = counter.read();
  untold_.packets += now.packets - counted_.packets;
  untold_.bytes += now.bytes - counted_.bytes;
  counted_ = now;
  is_gone_ = now.gone;
}

void MonitoredAdapter::count(Duration patience) {
  if (auto* const counter = std::get_if<Counter>(&capture_)) {
    count(*counter);
    if (counter->mode() == capture::CountingMode::kernel) return;
    for (; patience > Duration::zero(); patience -= look_into_ring_every) {
      std::this_thread::sleep_for(look_into_ring_every);
      count(*counter);
    }
    return;
  }
  count_rest();
  mark();
  while (refill(is_at_mark() ? Deadline::none() : Deadline::in(patience))) {
    count_rest();
    if (is_at_mark()) break;
  }
}

Counts MonitoredAdapter::take_counts() {
  count({});
  const bool is_other = std::holds_alternative<Live>(capture_) && !settings_.monitor_mode;
  if (is_other && !is_gone_ && !is_last_resort_) {
    try {
      reopen(choice_);
    } catch (const Error&) {
      // The right to open another has been given up, say: this one can be counted by, too.
      is_last_resort_ = true;
    }
  }
  return std::exchange(untold_, {});
}

MonitorTotals MonitoredAdapter::totals(Counted counted) {
  MonitorTotals sum = before_;
  if (auto* const live = std::get_if<Live>(&capture_)) {
    const capture::LiveStatistics now = live->statistics();
    sum.received += now.received - now.filtered - refused_;
    if (!counted.and_waiting) sum.received -= now.waiting;
    sum.dropped += now.dropped;
    sum.dropped_by_adapter += now.dropped_by_adapter.value_or(0);
    return sum;
  }
  Counter& counter = std::get<Counter>(capture_);
  count(counter);
  sum.received += counted_.packets + counted_.dropped.value_or(0);
  sum.dropped += counted_.dropped.value_or(0);
  sum.dropped_by_adapter += counter.dropped_by_adapter().value_or(0);
  return sum;
}

}  // namespace weir::compat
