// Intervals that do not drift: the n-th ends n intervals after the beginning.
#include "cli/live/stats_run.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <utility>
#include <vector>

#include "cli/live/adapter_gone.h"
#include "cli/live/live_filters.h"
#include "cli/live/live_signals.h"
#include "cli/live/permission_advice.h"
#include "cli/live/stats_record.h"
#include "cli/live/stop_descriptor.h"
#include "cli/note.h"
#include "cli/output/standard_output.h"
#include "cli/sandbox/live_sandbox.h"
#include "cli/stop_signal.h"
#include "weir/capture/counter.h"
#include "weir/capture/interval.h"
#include "weir/error.h"
#include "weir/printable.h"

namespace weir::cli {
namespace {

using capture::Counter;
using capture::CountingMode;
using capture::Counts;
using capture::Moment;
using Clock = std::chrono::steady_clock;

/// What is told of an adapter from the beginning on.
struct Total {
  StatsRecord record;
  StatsEnd end;
};

/// An adapter, what it has counted and what of that has been printed.
struct Counted {
  std::string name;
  Counter counter;
  Counts now{};
  Counts printed{};
  /// It is gone and has had its last row.
  bool is_over = false;
};

class Run {
 public:
  explicit Run(const StatsRunOptions& options)
      : options_{options}, counted_{opened(options)}, table_{table_for(counted_)} {}

  ExitCode to_the_end() {
    const StopOnSignal stop{stop_};
    if (!options_.json) write_standard_output(table_.heading());
    const Clock::time_point last =
        options_.duration ? began_.steady + *options_.duration : Clock::time_point::max();
    for (std::uint64_t done = 1;; ++done) {
      const Clock::time_point until =
          std::min(capture::end_of_interval(began_, options_.interval, Clock::now()), last);
      wait(until);
      print_interval();
      if (stop_requested() || all_gone() || until == last || done == options_.intervals) break;
    }
    return print_totals();
  }

 private:
  static std::vector<Counted> opened(const StatsRunOptions& options) {
    const LiveFilters filters{options.filter, options.input, options.filter_options};
    std::vector<Counted> counted;
    for (const std::string& name : options.input.adapters) {
      Counter counter = opened_adapter([&] {
        return LiveFilters::opened(name, [&] {
          return Counter{name,
                         {.promiscuous = options.input.promiscuous,
                          .traffic = options.input.traffic,
                          .filter = filters.on(name)}};
        });
      });
      if (counter.mode() == CountingMode::ring) {
        tell({.kind = "counted_in_ring",
              .message = name + ": counted in user space, from a ring: " + counter.why_ring(),
              .file = name},
             options.errors);
      }
      counted.push_back({.name = name, .counter = std::move(counter)});
    }
    return counted;
  }

  static StatsTable table_for(const std::vector<Counted>& counted) {
    std::size_t width = 0;
    if (counted.size() > 1) width = std::string_view{"INTERFACE"}.size();
    bool ring = false;
    for (const Counted& one : counted) {
      if (width != 0) width = std::max(width, printable(one.name).size());
      ring = ring || one.counter.mode() == CountingMode::ring;
    }
    return StatsTable{width, ring};
  }

  void read(Counted& one) {
    if (one.now.gone) return;
    one.now = one.counter.read();
    if (one.now.gone) tell_gone(one.name, options_.errors);
  }
  void read_all() {
    for (Counted& one : counted_) read(one);
  }

  [[nodiscard]] bool all_gone() const {
    return std::ranges::all_of(counted_, [](const Counted& one) { return one.now.gone; });
  }

  /// Until that moment, a stop signal, or the end of all adapters; empties rings meanwhile.
  void wait(Clock::time_point until) {
    std::vector<pollfd> watched;
    for (;;) {
      watched.assign(1, {.fd = stop_.number(), .events = POLLIN, .revents = 0});
      for (const Counted& one : counted_) {
        // Negative ones are passed over.
        const int number = one.now.gone ? -1 : one.counter.file_descriptor();
        watched.push_back({.fd = number, .events = POLLIN, .revents = 0});
      }
      const Duration left = std::max<Duration>(until - Clock::now(), Duration::zero());
      const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
      const timespec wait{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
      const int ready = ::ppoll(watched.data(), watched.size(), &wait, &signals_.while_waiting());
      if (ready < 0 && errno != EINTR) throw SystemError{errno, "wait for adapters"};
      if (take_counters_request()) tell_totals();
      if (ready == 0 || stop_requested()) return;
      for (std::size_t i = 0; i < counted_.size(); ++i) {
        if (watched[i + 1].revents != 0) read(counted_[i]);
      }
      if (all_gone()) return;
    }
  }

  void print_interval() {
    read_all();
    const Moment now;
    for (Counted& one : counted_) {
      if (std::exchange(one.is_over, one.now.gone)) continue;
      const StatsRecord record{one.name, capture::between(printed_, now, one.printed, one.now)};
      options_.json ? print_json(record) : write_standard_output(table_.line(record));
      one.printed = one.now;
    }
    printed_ = now;
  }

  [[nodiscard]] Total total_of(const Counted& one, const Moment& until) const {
    return {.record = {one.name, capture::between(began_, until, {}, one.now)},
            .end = {.mode = one.counter.mode() == CountingMode::kernel ? "kernel" : "ring",
                    .dropped_by_adapter =
                        one.now.gone ? std::nullopt : one.counter.dropped_by_adapter(),
                    .gone = one.now.gone}};
  }

  /// So far, beside the intervals.
  void tell_totals() {
    read_all();
    const Moment now;
    for (const Counted& one : counted_) {
      const auto [total, end] = total_of(one, now);
      options_.json ? tell_json(total, end) : tell_line(total_line(total, end));
    }
  }

  ExitCode print_totals() {
    std::uint64_t packets = 0;
    bool gone = false;
    for (const Counted& one : counted_) {
      const auto [total, end] = total_of(one, printed_);
      options_.json ? print_json(total, end) : write_standard_output(total_line(total, end) + '\n');
      packets += total.counts.packets;
      gone = gone || end.gone;
    }
    if (!options_.json) write_standard_output(fmt::format("packets {}\n", packets));
    return gone ? ExitCode::gone : ExitCode::done;
  }

  const StatsRunOptions& options_;
  StopDescriptor stop_{};
  HeldSignals signals_{SIGUSR1};
  std::vector<Counted> counted_;
  StatsTable table_;
  Moment began_{};
  Moment printed_ = began_;
};

}  // namespace

ExitCode run_counters(const StatsRunOptions& options) {
  Run run{options};
  confine(options.sandbox, options.errors);
  return run.to_the_end();
}

}  // namespace weir::cli
