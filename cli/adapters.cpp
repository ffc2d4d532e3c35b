// weir adapters: what can be captured on, and what happens to it.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <tuple>

#include "adapter_json.h"
#include "adapter_text.h"
#include "commands.h"
#include "standard_output.h"
#include "stop_signal.h"

namespace weir::cli {
namespace {

using capture::Adapter;
using capture::AdapterFlags;

struct Options {
  bool watch = false;
  bool json = false;
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

/// As tcpdump -D lists them: what there is most to see on comes first.
std::vector<Adapter> ordered(std::vector<Adapter> adapters) {
  std::ranges::stable_sort(adapters, {}, [](const Adapter& adapter) {
    return std::tuple{!has(adapter.flags, AdapterFlags::running),
                      !has(adapter.flags, AdapterFlags::up),
                      has(adapter.flags, AdapterFlags::loopback), adapter.id == 0};
  });
  return adapters;
}

void print(const std::vector<Adapter>& adapters, const Options& options) {
  const Adapter* const chosen = capture::default_adapter(adapters);
  if (!options.json) {
    write_standard_output(table_of(ordered(adapters), chosen));
    return;
  }
  for (const Adapter& adapter : ordered(adapters)) {
    const bool is_chosen = chosen != nullptr && chosen->id == adapter.id;
    print_json(adapter, is_chosen ? IsDefault::yes : IsDefault::no);
  }
}

void watch(const Options& options) {
  capture::AdapterWatch adapters;
  const StopOnSignal stop{adapters};
  print(adapters.adapters(), options);
  while (!stop_requested()) {
    for (const capture::AdapterEvent& event : adapters.next()) {
      const Timestamp now = std::chrono::system_clock::now();
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
  options.watch ? watch(options) : print(capture::adapters(), options);
  return ExitCode::done;
}

}  // namespace weir::cli
