// Runs a gate until it is time to end, and tells what it counts.
#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "cli/gate/gate_rules.h"
#include "cli/sandbox/sandbox_options.h"
#include "weir/gate/options.h"

namespace weir::cli {

struct GateRunOptions {
  /// counts_only is --dry-run.
  gate::GateOptions gate{};
  GateRules rules;
  Duration interval = std::chrono::seconds{1};
  /// Intervals are told although nobody watches them.
  bool tells_intervals = false;
  /// Ends after so long.
  std::optional<Duration> duration{};
  std::optional<Duration> confirm{};
  /// Where packets are logged; empty: nowhere.
  std::string log{};
  bool json = false;
  SandboxOptions sandbox{};
  ErrorStyle errors = ErrorStyle::text;
};

/// To the end the options ask for, a stop signal, rules that are not confirmed, or until all
/// adapters that were named are gone; then it prints what was counted. Throws Error.
[[nodiscard]] ExitCode run_gate_rules(GateRunOptions options);

}  // namespace weir::cli
