// weir adapters: what can be captured on, and what happens to it.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>

#include "cli/adapters/adapter_json.h"
#include "cli/adapters/adapter_listing.h"
#include "cli/adapters/adapter_text.h"
#include "cli/commands/commands.h"
#include "cli/output/standard_output.h"
#include "cli/stop_signal.h"

namespace weir::cli {
namespace {

struct Options {
  bool watch = false;
  bool json = false;

  [[nodiscard]] ListStyle style() const noexcept {
    return json ? ListStyle::json : ListStyle::text;
  }
};

void declare(CLI::App& app, Options& options) {
  app.add_flag(
      "--watch", options.watch,
      "then a line whenever one is added, removed, renamed, comes up, goes down or changes");
  app.add_flag("--json", options.json, "one JSON object an adapter and event");
  app.footer(
      "examples:\n"
      "  weir adapters\n"
      "  weir adapters --watch\n"
      "  weir adapters --json | jq -r 'select(.default).name'");
}

void watch(const Options& options) {
  std::signal(SIGUSR1, SIG_IGN);  // no counters to tell
  capture::AdapterWatch adapters;
  const StopOnSignal stop{adapters};
  print_adapters(adapters.adapters(), options.style());
  while (!stop_requested()) {
    for (const capture::AdapterEvent& event : adapters.next()) {
      const Timestamp now = wall_clock();
      options.json ? print_json(event, now) : write_standard_output(line_of(event, now));
    }
  }
}

}  // namespace

ExitCode run_adapters(const Words& words) {
  CLI::App app{"Lists the adapters of this machine.", "weir adapters [OPTIONS]"};
  Options options;
  declare(app, options);
  if (!parse_options(app, words).empty()) throw UsageError{"adapters: takes options only"};
  options.watch ? watch(options) : print_adapters(capture::adapters(), options.style());
  return ExitCode::done;
}

}  // namespace weir::cli
