// The loop every live command shares.
#include "cli/live/live_run.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/json_line.h"
#include "cli/live/adapter_drops.h"
#include "cli/live/adapter_gone.h"
#include "cli/live/live_signals.h"
#include "cli/live/permission_advice.h"
#include "cli/note.h"
#include "cli/stop_signal.h"

namespace weir::cli {
namespace {

constexpr int rest_milliseconds = 200;
/// Beyond twice the retire time: for a busy machine.
constexpr Duration most_overdue = std::chrono::milliseconds{500};
const std::string no_file;

using Clock = std::chrono::steady_clock;

void tell(const std::string& adapter, const capture::LiveStatistics& counted, bool is_filtered,
          ErrorStyle style) {
  if (style == ErrorStyle::json) {
    nlohmann::ordered_json line{{"type", "capture"},
                                {"interface", adapter},
                                {"received", counted.received},
                                {"delivered", counted.delivered},
                                {"filtered", counted.filtered},
                                {"dropped", counted.dropped}};
    if (counted.waiting != 0) line["waiting"] = counted.waiting;
    if (counted.dropped_by_adapter) line["dropped_by_adapter"] = *counted.dropped_by_adapter;
    if (counted.filtered_in_kernel) line["filtered_in_kernel"] = *counted.filtered_in_kernel;
    return tell_json_line(line);
  }
  // First what adds up, then what stands beside it.
  std::string text =
      fmt::format("{}: {} received, {} delivered, {} filtered, {} dropped by the ring", adapter,
                  counted.received, counted.delivered, counted.filtered, counted.dropped);
  if (counted.waiting != 0) text += fmt::format(", {} waiting", counted.waiting);
  text += words_on_drops(counted.dropped_by_adapter);
  if (counted.filtered_in_kernel.value_or(0) != 0) {
    text += fmt::format("; {} filtered in the kernel", *counted.filtered_in_kernel);
  } else if (!counted.filtered_in_kernel && is_filtered) {
    text += "; the kernel does not count what it filtered";
  }
  tell_line(text);
}

/// What a pcapng says at its end.
InterfaceStatistics summary_of(const capture::LiveStatistics& counted, std::uint64_t taken,
                               Timestamp start, Timestamp end) {
  InterfaceStatistics summary{.time = end, .start = start, .end = end};
  summary.received = counted.received;
  summary.system_dropped = counted.dropped;
  summary.dropped = counted.dropped_by_adapter;
  summary.delivered = taken;
  return summary;
}

std::uint64_t packets_looked_at(const capture::LiveStatistics& counted) noexcept {
  return counted.delivered + counted.filtered;
}

}  // namespace

LiveRun::LiveRun(LiveRunOptions options) : options_{std::move(options)}, started_{wall_clock()} {
  adapters_.reserve(options_.adapters.size());
  for (const std::string& name : options_.adapters) {
    options_.live.filter = options_.filters.on(name);
    adapters_.push_back({.name = name, .source = opened_adapter([&] {
                                         return LiveFilters::opened(name, [&] {
                                           return capture::Live{name, options_.live};
                                         });
                                       })});
    interfaces_.push_back(adapters_.back().source.interfaces().front());
  }
  check_link_types();
}

void LiveRun::check_link_types() const {
  for (const Adapter& adapter : adapters_) {
    const LinkType type = adapter.source.link_type();
    if (type == options_.link_type.value_or(type)) continue;
    throw Error{ErrorCode::not_found,
                fmt::format("{}: {} is not one of its link types: {}", adapter.name,
                            name(*options_.link_type), name(type))};
  }
}

ExitCode LiveRun::run(const OnBatch& on_batch, const OnTime& on_time) {
  const bool has_end = options_.duration != Duration::zero();
  const Clock::time_point end = Clock::now() + (has_end ? options_.duration : Duration::zero());
  bool goes_on = true;
  while (goes_on && !stop_requested() && !(has_end && Clock::now() >= end)) {
    const std::uint64_t before = packets_;
    goes_on = take(on_batch);
    if (std::ranges::all_of(adapters_, &Adapter::is_gone)) break;
    const bool is_silent = packets_ == before;
    goes_on = on_time(all_up_to()) && goes_on;
    if (is_silent && goes_on) wait_for_packets();
    if (take_counters_request()) tell_counters();
  }
  if (goes_on) drain(on_batch);
  finish(on_batch);
  return std::ranges::any_of(adapters_, &Adapter::is_gone) ? ExitCode::gone : ExitCode::done;
}

std::span<const Interface> LiveRun::interface_of(const Adapter& adapter) const noexcept {
  return interfaces().subspan(static_cast<std::size_t>(&adapter - adapters_.data()), 1);
}

bool LiveRun::take(const OnBatch& on_batch) {
  bool goes_on = true;
  for (Adapter& adapter : adapters_) {
    if (goes_on && is_wanted(adapter)) goes_on = take(adapter, on_batch);
  }
  return goes_on;
}

bool LiveRun::take(Adapter& adapter, const OnBatch& on_batch) {
  const Batch batch = adapter.source.next_batch(Deadline::none());
  if (batch.state == SourceState::gone) {
    adapter.is_gone = true;
    tell_gone(adapter.name, options_.errors);
    return true;
  }
  adapter.up_to = batch.now;
  if (batch.packets.empty()) return true;
  const std::uint64_t first = packets_ + 1;
  packets_ += batch.packets.size();
  CaptureBatch to{{.interfaces = interface_of(adapter)}};
  to.packets = to.unfiltered = to.in_window = batch.packets;
  to.first_number = first;
  to.paths = {&no_file, 1};
  const Taken taken = on_batch(to);
  adapter.taken += taken.packets;
  return taken.goes_on;
}

Timestamp LiveRun::all_up_to() const noexcept {
  Timestamp least = Timestamp::max();
  for (const Adapter& adapter : adapters_) {
    if (!adapter.is_gone) least = std::min(least, adapter.up_to);
  }
  return least;
}

// A signal ends it: all that is lost by one that comes just before is the rest of the time.
void LiveRun::wait_for_packets() const {
  std::vector<pollfd> waited;
  for (const Adapter& adapter : adapters_) {
    if (is_wanted(adapter)) waited.push_back({adapter.source.file_descriptor(), POLLIN, 0});
  }
  if (::poll(waited.data(), waited.size(), rest_milliseconds) <= 0) return;
  ::poll(nullptr, 0,
         static_cast<int>(gathering_time(options_.live) / std::chrono::milliseconds{1}));
}

// The kernel hands the block it is filling over after once to twice its retire time.
void LiveRun::drain(const OnBatch& on_batch) {
  std::uint64_t seen = 0;
  for (Adapter& adapter : adapters_) {
    const capture::LiveStatistics counted = adapter.source.statistics();
    seen += packets_looked_at(counted);
    adapter.due = packets_looked_at(counted) + counted.waiting;
    adapter.is_drained = counted.waiting == 0;
  }
  const Duration patience = 2 * options_.live.retire + most_overdue;
  Clock::time_point last_seen = Clock::now();
  while (std::ranges::any_of(adapters_, is_wanted) && Clock::now() - last_seen < patience) {
    if (!take(on_batch)) return;
    const std::uint64_t before = std::exchange(seen, looked_at());
    if (seen == before) {
      wait_for_packets();
    } else {
      last_seen = Clock::now();
    }
  }
}

std::uint64_t LiveRun::looked_at() {
  std::uint64_t packets = 0;
  for (Adapter& adapter : adapters_) {
    const std::uint64_t its_packets = packets_looked_at(adapter.source.statistics());
    adapter.is_drained = its_packets >= adapter.due;
    packets += its_packets;
  }
  return packets;
}

void LiveRun::finish(const OnBatch& on_batch) {
  for (Adapter& adapter : adapters_) {
    const InterfaceStatistics summary =
        summary_of(adapter.source.statistics(), adapter.taken, started_, wall_clock());
    CaptureBatch to{
        {.interfaces = interface_of(adapter), .statistics = {&summary, 1}, .ends_file = true}};
    to.first_number = packets_ + 1;
    static_cast<void>(on_batch(to));
  }
}

void LiveRun::tell_counters() {
  for (Adapter& adapter : adapters_) {
    const bool is_filtered = !interface_of(adapter).front().filter.empty() ||
                             options_.live.traffic != capture::Traffic::any;
    tell(adapter.name, adapter.source.statistics(), is_filtered, options_.errors);
  }
}

ExitCode telling_failed_output(ErrorStyle errors, const std::function<ExitCode()>& action) {
  try {
    return action();
  } catch (const OutputFailed&) {
    return report_exception(errors, {});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::output_failed) throw;
    return report_exception(errors, {});
  }
}

}  // namespace weir::cli
