// The loop every live command shares.
#include "cli/live/live_run.h"

#include <fmt/format.h>

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

/// In silence on_time() is called so often.
constexpr Duration rest = std::chrono::milliseconds{200};
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

}  // namespace

LiveRun::LiveRun(LiveRunOptions options) : options_{std::move(options)}, started_{wall_clock()} {
  for (const std::string& name : options_.adapters) {
    options_.live.filter = options_.filters.on(name);
    opened_adapter(
        [&] { return LiveFilters::opened(name, [&] { return group_.add(name, options_.live); }); });
  }
  taken_.resize(options_.adapters.size());
  check_link_types();
}

void LiveRun::check_link_types() const {
  for (const Interface& adapter : interfaces()) {
    const LinkType type = adapter.link_type;
    if (type == options_.link_type.value_or(type)) continue;
    throw Error{ErrorCode::not_found,
                fmt::format("{}: {} is not one of its link types: {}", adapter.name,
                            name(*options_.link_type), name(type))};
  }
}

ExitCode LiveRun::run(const OnBatch& on_batch, const OnTime& on_time) {
  const StopOnSignal stop_on_signal{group_};
  const bool has_end = options_.duration != Duration::zero();
  const Clock::time_point end = Clock::now() + (has_end ? options_.duration : Duration::zero());
  const auto left = [&] {
    return has_end ? std::min<Duration>(rest, std::max<Duration>(end - Clock::now(), {})) : rest;
  };
  for (bool goes_on = true; goes_on;) {
    const Batch batch = group_.next_batch(Deadline::in(left()));
    tell_events();
    if (batch.is_last()) break;
    if (!batch.packets.empty()) goes_on = take(batch, on_batch);
    if (goes_on && !stop_requested()) goes_on = on_time(batch.now);
    if (take_counters_request()) tell_counters();
    if (has_end && Clock::now() >= end) group_.stop();
  }
  finish(on_batch);
  return any_gone_ ? ExitCode::gone : ExitCode::done;
}

void LiveRun::tell_events() {
  for (const capture::GroupEvent& event : group_.events()) {
    if (event.kind != capture::GroupEventKind::gone) continue;
    any_gone_ = true;
    tell_gone(options_.adapters[event.adapter], options_.errors);
  }
}

bool LiveRun::take(const Batch& batch, const OnBatch& on_batch) {
  const std::uint64_t first = packets_ + 1;
  packets_ += batch.packets.size();
  CommandBatch to{{.interfaces = interfaces()}};
  to.packets = to.unfiltered = to.in_window = batch.packets;
  to.first_number = first;
  to.paths = {&no_file, 1};
  const Taken taken = on_batch(to);
  taken_[batch.packets.front().interface_index] += taken.packets;
  return taken.goes_on;
}

void LiveRun::finish(const OnBatch& on_batch) {
  std::vector<InterfaceStatistics> summaries;
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    summaries.push_back(summary_of(group_.statistics(i), taken_[i], started_, wall_clock()));
    summaries.back().interface_index = static_cast<std::uint32_t>(i);
  }
  CommandBatch to{{.interfaces = interfaces(), .statistics = summaries, .ends_file = true}};
  to.first_number = packets_ + 1;
  static_cast<void>(on_batch(to));
}

void LiveRun::tell_counters() {
  for (std::size_t i = 0; i < interfaces().size(); ++i) {
    const bool is_filtered =
        !interfaces()[i].filter.empty() || options_.live.traffic != capture::Traffic::any;
    tell(options_.adapters[i], group_.statistics(i), is_filtered, options_.errors);
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
