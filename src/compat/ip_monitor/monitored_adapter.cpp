// MonitoredAdapter over capture::Live for packets and capture::Counter for totals.
#include "compat/ip_monitor/monitored_adapter.h"

#include <algorithm>
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

}  // namespace

MonitoredAdapter::MonitoredAdapter(std::string name, const Settings& settings, const Choice& choice)
    : name_{std::move(name)}, settings_{settings}, choice_{choice}, capture_{opened(choice)} {}

// What is on the air in monitor mode can only be counted packet by packet.
MonitoredAdapter::Capture MonitoredAdapter::opened(const Choice& choice) const {
  const auto buffer = static_cast<std::size_t>(settings_.buffer_size);
  if (choice.totals && !settings_.monitor_mode) {
    capture::CounterOptions options{
        .promiscuous = settings_.promiscuous, .traffic = choice.traffic, .filter = choice.filter};
    if (buffer != 0) options.ring_size = buffer;
    return Counter{name_, options};
  }
  return Live{name_,
              {.snapshot_length = static_cast<std::uint32_t>(settings_.max_packet_size),
               .ring_size = buffer == 0 ? default_buffer : buffer,
               .promiscuous = settings_.promiscuous,
               .traffic = choice.traffic,
               .filter = choice.filter,
               .monitor_mode = settings_.monitor_mode}};
}

void MonitoredAdapter::reopen(const Choice& choice) {
  count(longer_than_a_block);
  const MonitorTotals before = totals();
  capture_ = opened(choice);
  choice_ = choice;
  before_ = before;
  counted_ = {};
  waiting_ = 0;
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
}

void MonitoredAdapter::await(Duration longest) {
  waiting_ = 0;
  if (rest_.empty() && !refill(Deadline::in(longest))) return;
  waiting_ = std::get<Live>(capture_).statistics().waiting;
}

bool MonitoredAdapter::next(Packet& packet) {
  for (;;) {
    while (!rest_.empty()) {
      packet = rest_.front();
      rest_ = rest_.subspan(1);
      if (is_wanted(packet)) return true;
    }
    if (waiting_ == 0 || !refill(Deadline::none())) return false;
    waiting_ -= std::min<std::uint64_t>(waiting_, rest_.size());
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
    if (!is_wanted(packet)) continue;
    ++untold_.packets;
    untold_.bytes += packet.wire_length;
  }
  rest_ = {};
}

void MonitoredAdapter::count(Duration patience) {
  if (auto* const counter = std::get_if<Counter>(&capture_)) {
    const Counts now = counter->read();
    untold_.packets += now.packets - counted_.packets;
    untold_.bytes += now.bytes - counted_.bytes;
    counted_ = now;
    is_gone_ = now.gone;
    return;
  }
  count_rest();
  std::uint64_t waiting = std::get<Live>(capture_).statistics().waiting;
  while (refill(waiting == 0 ? Deadline::none() : Deadline::in(patience))) {
    waiting -= std::min<std::uint64_t>(waiting, rest_.size());
    count_rest();
    if (waiting == 0) break;
  }
}

Counts MonitoredAdapter::take_counts() {
  count({});
  const bool is_other = std::holds_alternative<Live>(capture_) && !settings_.monitor_mode;
  if (is_other && !is_gone_) reopen(choice_);
  return std::exchange(untold_, {});
}

MonitorTotals MonitoredAdapter::totals() {
  MonitorTotals sum = before_;
  if (auto* const live = std::get_if<Live>(&capture_)) {
    const capture::LiveStatistics now = live->statistics();
    sum.received += now.received;
    sum.dropped += now.dropped;
    sum.dropped_by_adapter += now.dropped_by_adapter.value_or(0);
    return sum;
  }
  Counter& counter = std::get<Counter>(capture_);
  const Counts now = counter.read();
  sum.received += now.packets + now.dropped.value_or(0);
  sum.dropped += now.dropped.value_or(0);
  sum.dropped_by_adapter += counter.dropped_by_adapter().value_or(0);
  return sum;
}

}  // namespace weir::compat
