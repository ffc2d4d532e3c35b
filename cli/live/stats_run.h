// Counts on adapters until it is time to end, and prints interval by interval.
#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "cli/live/live_options.h"
#include "cli/sandbox/sandbox_options.h"
#include "weir/filter/filter.h"

namespace weir::cli {

struct StatsRunOptions {
  LiveInput input{};
  std::string filter{};
  filter::FilterOptions filter_options{};
  Duration interval = std::chrono::seconds{1};
  /// Ends after so many intervals.
  std::optional<std::uint64_t> intervals{};
  /// Ends after so long.
  std::optional<Duration> duration{};
  bool json = false;
  /// Entered once all adapters are open.
  SandboxOptions sandbox{};
  ErrorStyle errors = ErrorStyle::text;
};

/// To the end the options ask for, a stop signal, or until all adapters are gone; then it prints
/// the totals. Throws what capture::Counter throws, AdapterRefused.
[[nodiscard]] ExitCode run_counters(const StatsRunOptions& options);

}  // namespace weir::cli
