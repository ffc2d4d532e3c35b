// weir stats: how much traffic there is, interval by interval.
#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/filter/filter_options.h"
#include "cli/live/live_options.h"
#include "cli/live/live_signals.h"
#include "cli/live/live_words.h"
#include "cli/live/stats_run.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

struct Options {
  LiveInputOptions live;
  FilterOptions filter;
  SandboxOptions sandbox;
  std::string interval;
  std::string intervals;
  std::string duration;
  bool json = false;
};

void declare(CLI::App& app, Options& options) {
  options.live.declare(app);
  options.filter.declare(app);
  options.sandbox.declare(app);
  app.add_option("--interval", options.interval, "how long each is (1s)")->type_name("TIME");
  app.add_option("-c", options.intervals, "stop after this many intervals")->type_name("N");
  app.add_option("--duration", options.duration, "stop after this long")->type_name("TIME");
  app.add_flag("--json", options.json, "one JSON object an interval and adapter, then the totals");
  app.footer(
      "examples:\n"
      "  weir stats -i eth0\n"
      "  weir stats -i eth0 --interval 100ms -c 50 udp port 53\n"
      "  weir stats -i eth0 -i eth1 -Q in --json\n"
      "\n"
      "SIGUSR1 tells the totals so far.");
}

StatsRunOptions resolve(const Options& options, std::vector<std::string> words) {
  std::erase(words, "--");
  StatsRunOptions run{.filter = options.filter.text(words),
                      .filter_options = options.filter.filter(),
                      .json = options.json,
                      .sandbox = options.sandbox};
  if (!options.interval.empty()) run.interval = parse_time_span(options.interval, "--interval");
  if (!options.duration.empty()) run.duration = parse_time_span(options.duration, "--duration");
  if (!options.intervals.empty()) {
    run.intervals = parse_count(options.intervals, "-c");
    if (*run.intervals == 0) throw UsageError{"-c: at least 1"};
  }
  run.input = options.live.resolve();
  return run;
}

}  // namespace

ExitCode run_stats(const Words& words) {
  CLI::App app{"Counts the packets of adapters in the kernel.", "weir stats [OPTIONS] [FILTER]"};
  Options options;
  declare(app, options);
  const std::vector<std::string> filter_words = parse_options(app, words);
  check_live_words(filter_words, "weir info FILE");
  StatsRunOptions run = resolve(options, filter_words);
  run.errors = error_style(words);
  handle_counters_signal();
  return run_counters(run);
}

}  // namespace weir::cli
