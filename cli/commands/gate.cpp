// weir gate: holds, changes, drops and tells of packets on their way, by rules.
#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/gate/gate_options.h"
#include "cli/live/live_signals.h"

namespace weir::cli {

ExitCode run_gate(const Words& words) {
  CLI::App app{"Drops, changes, delays and logs packets on their way, by rules.",
               "weir gate -i IF [OPTIONS] --rule RULE... | -f FILE"};
  GateOptions options;
  options.declare(app);
  const std::vector<std::string> rest = parse_options(app, words);
  if (!rest.empty()) {
    throw UsageError{rest.front() + ": what is this? A rule is one word behind --rule, in quotes"};
  }
  GateRunOptions run = options.resolve();
  run.errors = error_style(words);
  handle_counters_signal();
  if (!run.rules.path().empty() && run.rules.path() != "-") handle_reload_signal();
  return run_gate_rules(std::move(run));
}

}  // namespace weir::cli
