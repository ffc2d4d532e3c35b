// weir flows: conversations from capture files and adapters, shown or stored.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <optional>

#include "cli/commands/commands.h"
#include "cli/files/file_runs.h"
#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/live/live_options.h"
#include "cli/live/live_run.h"
#include "cli/live/live_signals.h"
#include "cli/live/live_words.h"
#include "cli/live/ring_options.h"
#include "cli/note.h"
#include "cli/output/conversation_options.h"
#include "cli/output/flow_options.h"
#include "cli/output/flow_store.h"
#include "cli/output/standard_output.h"
#include "cli/sandbox/live_sandbox.h"
#include "cli/split_list.h"
#include "cli/stop_signal.h"
#include "cli/units.h"
#include "weir/sink/flow_csv.h"
#include "weir/sink/flow_json.h"
#include "weir/sink/flow_text.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  LiveInputOptions live;
  RingOptions ring;
  SandboxOptions sandbox;
  FlowOptions flows;
  ConversationOptions conversation;
  bool json = false;
  bool csv = false;
  bool all = false;
  std::string store;
  std::string top = "20";
  std::string sort = "bytes";
  std::string by;
  std::string max_waiting = "1Mi";

  [[nodiscard]] RowFormat format() const noexcept {
    if (json) return RowFormat::json;
    return csv ? RowFormat::csv : RowFormat::text;
  }
};

/// Only the table has an order: elsewhere rows stream as flows end.
void declare_table(CLI::App& app, Options& options, std::initializer_list<CLI::Option*> others) {
  const std::array table{
      app.add_option("--top", options.top, "rows of the table (20)")->type_name("N"),
      app.add_flag("--all", options.all, "every row of the table"),
      app.add_option("--sort", options.sort,
                     "order of the table: packets, bytes (the default), duration, any field of "
                     "--json, and with --by also flows")
          ->type_name("FIELD"),
      app.add_option("--by", options.by, "add up flows that agree in these fields")
          ->type_name("FIELD,...")};
  for (CLI::Option* option : table) {
    for (CLI::Option* other : others) option->excludes(other);
  }
}

/// Nothing is ignored: what is about files excludes adapters, what is about adapters needs one.
void keep_sources_apart(CLI::App& app) {
  CLI::Option* const adapter = app.get_option("--interface");
  for (const char* name :
       {"--read", "--engine", "--skip-damaged", "--follow", "--merge", "--since", "--until"}) {
    app.get_option(name)->excludes(adapter);
  }
  for (const char* name : {"--no-promiscuous", "--direction", "--filter-on", "--duration",
                           "--snapshot-length", "--buffer-size", "--ring-size", "--filter-in",
                           "--immediate-mode", "--resume", "--monitor-mode"}) {
    app.get_option(name)->needs(adapter);
  }
}

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.live.declare(app);
  options.ring.declare(app);
  options.sandbox.declare(app);
  options.flows.declare(app);
  auto* json = app.add_flag("--json", options.json,
                            "one JSON object a line, in end order; with --to: messages alone");
  auto* csv = app.add_flag("--csv", options.csv, "CSV with a header line, in end order");
  auto* store = app.add_option("--to", options.store, "store the flows in this SQLite database")
                    ->type_name("FILE")
                    ->excludes(csv);
  app.add_option("--max-waiting", options.max_waiting,
                 "flows kept in memory while the database is busy or full (1Mi)")
      ->type_name("N")
      ->needs(store);
  csv->excludes(json);
  declare_table(app, options, {json, csv, store});
  options.conversation.declare(app);
  keep_sources_apart(app);
  app.footer(
      "examples:\n"
      "  weir flows trace.pcap                      the largest conversations\n"
      "  weir flows trace.pcap --by resp_port --sort flows\n"
      "  weir flows trace.pcap --json tcp port 443 | jq .orig_payload_bytes\n"
      "  weir flows trace.pcap --flow 192.0.2.1:36946,192.0.2.2:80 --history all\n"
      "  weir flows -i eth0 --json udp              a line whenever a flow ends\n"
      "  weir flows trace.pcap --to flows.db        then: sqlite3 flows.db 'select * from "
      "talkers'");
}

/// What shows the rows.
std::unique_ptr<sink::FlowSink> make_view(const Options& options) {
  if (options.json) return std::make_unique<sink::FlowJson>(write_standard_output);
  if (options.csv) return std::make_unique<sink::FlowCsv>(write_standard_output);
  sink::FlowTextOptions table;
  table.top = options.all ? sink::FlowText::all_rows : parse_count(options.top, "--top");
  table.sort = options.sort;
  table.by = split_list(options.by);
  table.width = static_cast<std::size_t>(terminal_width());
  return std::make_unique<sink::FlowText>(write_standard_output, table);
}

/// What takes the rows: a database, a view of them, or one of a conversation.
struct Rows {
  std::unique_ptr<FlowStore> store{};
  std::unique_ptr<sink::FlowSink> view{};
  std::unique_ptr<sink::ConversationSink> conversation{};

  [[nodiscard]] flow::Observer& observer() const noexcept {
    if (conversation) return *conversation;
    return store ? store->observer() : *view;
  }
  void flush() const {
    if (conversation) {
      conversation->flush();
    } else if (view) {
      view->flush();
    }
  }
};

/// Flows that are in no database, by cause; empty if all are.
std::string dropped_text(const StoreCounts& counts) {
  std::string text;
  const auto add = [&text](std::uint64_t count, const char* cause) {
    if (count == 0) return;
    text += fmt::format(", {} not stored: {}", plural(count, "flow", "flows"), cause);
  };
  add(counts.dropped_busy, "database busy");
  add(counts.dropped_full, "disk full");
  add(counts.dropped_failed, "the database failed");
  return text;
}

/// In a unit in which it is at least one, if that can be.
std::string packet_rate(std::uint64_t packets, std::chrono::duration<double> elapsed) {
  const double rate = static_cast<double>(packets) / std::max(elapsed.count(), 1e-9);
  if (rate >= 1e6) return fmt::format("{:.2f} M packets/s", rate / 1e6);
  if (rate >= 1e3) return fmt::format("{:.1f} k packets/s", rate / 1e3);
  return rate < 10 ? fmt::format("{:.2g} packets/s", rate) : fmt::format("{:.0f} packets/s", rate);
}

void print_summary(const flow::Tracker& tracker, std::chrono::duration<double> elapsed,
                   std::uint64_t packets, const Rows& rows) {
  const flow::TrackerCounts& counts = tracker.counts();
  std::string text;
  if (rows.conversation) {
    text = fmt::format("{} of ", rows.conversation->counts().flows);
  }
  text += fmt::format("{} of {} in {:.3f} s ({})", plural(counts.flows_ended, "flow", "flows"),
                      plural(counts.tracked, "packet", "packets"), elapsed.count(),
                      packet_rate(packets, elapsed));
  if (counts.without_ip != 0) {
    text += fmt::format(", {} without IP", plural(counts.without_ip, "packet", "packets"));
  }
  if (counts.outlier != 0) {
    text += fmt::format(", {} more than a day ahead of the others",
                        plural(counts.outlier, "packet", "packets"));
  }
  if (counts.flows_evicted != 0) {
    text +=
        fmt::format(", {} evicted (--max-flows)", plural(counts.flows_evicted, "flow", "flows"));
  }
  if (counts.flows_evicted_kept != 0) {
    text += fmt::format(", {} of them answered or long", counts.flows_evicted_kept);
  }
  if (counts.fragments_unmatched != 0) {
    text += fmt::format(", {} without the first",
                        plural(counts.fragments_unmatched, "fragment", "fragments"));
  }
  if (counts.fragments_evicted != 0) {
    text += fmt::format(
        ", {} forgotten for room",
        plural(counts.fragments_evicted, "fragmented datagram", "fragmented datagrams"));
  }
  if (rows.store) text += dropped_text(rows.store->counts());
  tell_line(text);
}

/// In JSON, what became of the flows.
void tell_stored(const std::string& target, const StoreCounts& counts) {
  const std::uint64_t dropped = counts.dropped_busy + counts.dropped_full + counts.dropped_failed;
  tell({.kind = "stored",
        .message = plural(counts.stored, "flow", "flows") + " stored, " + std::to_string(dropped) +
                   " dropped",
        .file = target,
        .counts = {{"flows", counts.stored},
                   {"dropped_busy", counts.dropped_busy},
                   {"dropped_full", counts.dropped_full},
                   {"dropped_failed", counts.dropped_failed}}},
       ErrorStyle::json);
}

/// Ends the flows that are left, and what takes them. Once an output has failed, there is nothing
/// left but to count them.
ExitCode finish(flow::Tracker& tracker, const Rows& rows, ExitCode exit, ErrorStyle errors) {
  const bool has_failed = exit == ExitCode::output;
  if (has_failed && !(rows.store && rows.store->counts_after_failure())) return exit;
  return worse(exit, telling_failed_output(errors, [&] {
                 tracker.finish();
                 return rows.store ? rows.store->finish() : ExitCode::done;
               }));
}

/// `what` decides what the flows are, beside options.
Rows make_rows(const Options& options, FlowStore::Kind kind, const std::string& what,
               ErrorStyle errors) {
  Rows rows;
  if (options.conversation.is_given()) {
    ConversationView view = options.conversation.view(options.format());
    rows.view = std::move(view.rows);
    rows.conversation = std::move(view.conversation);
    return rows;
  }
  if (options.store.empty()) {
    rows.view = make_view(options);
    return rows;
  }
  const std::uint64_t most = parse_count(options.max_waiting, "--max-waiting");
  if (most == 0) throw UsageError{"--max-waiting: at least 1"};
  rows.store = open_store({.target = options.store,
                           .flows = options.flows.text() + what,
                           .max_waiting = most,
                           .errors = errors},
                          kind);
  return rows;
}

flow::TrackerOptions tracker_options(const Options& options) {
  flow::TrackerOptions tracker = options.flows.tracker();
  options.conversation.apply(tracker, options.format());
  return tracker;
}

ExitCode track_files(const std::vector<InputFile>& files, const savefile::ReaderOptions& reader,
                     bool merge, FilesRun& run, flow::Tracker& tracker, const Rows& rows) {
  std::optional<FileRuns> runs;
  if (rows.store) runs.emplace(*rows.store, files, reader, merge);
  const auto advance = [&] {
    rows.flush();
    if (rows.store) rows.store->advance();
  };
  const auto on_batch = [&](const CommandBatch& batch) {
    if (runs) runs->add(batch);
    tracker.add(batch.packets);
    if (rows.store) rows.store->advance();
    return true;
  };
  const auto on_file = [&](const InputFile&, const savefile::Reader& read,
                           const savefile::Trouble* damage) {
    if (runs) runs->end(read, damage);
  };
  const ExitCode exit = run.run(files, on_batch, on_file, advance);
  if (runs && merge) {
    runs->end_merged(exit == ExitCode::done && !run.has_skipped() && !stop_requested());
  }
  return exit;
}

/// A database has a journal beside it.
std::string directory_of_store(const Options& options) {
  return options.store.empty() ? std::string{} : directory_of_database(options.store);
}

ExitCode run_on_files(const Options& options, const Input& input, ErrorStyle errors) {
  const auto files = expand(input.files);
  FileSandbox sandbox{options.sandbox, errors};
  const savefile::ReaderOptions reader = sandbox.reader(options.input.reader());
  FilesRun run{
      {.reader = reader, .input = input, .filter = options.input.filter(), .errors = errors}};
  const Rows rows = make_rows(options, store_kind(files, options.input.follows()),
                              options.input.text() + " filter=" + input.filter, errors);
  flow::Tracker tracker{rows.observer(), tracker_options(options)};
  if (options.conversation.has_history()) rows.conversation->ask(&tracker);
  run.confine(sandbox, {.inputs = files,
                        .output_directory = directory_of_store(options),
                        .opens_again = !options.store.empty()});
  ExitCode exit = telling_failed_output(
      errors, [&] { return track_files(files, reader, input.merge, run, tracker, rows); });
  if (run.captures() == 0) return exit;
  exit = finish(tracker, rows, exit, errors);
  // What could not be shown needs no summary; of a database it says what is in it.
  if (exit == ExitCode::output && !rows.store) return exit;
  if (rows.conversation) options.conversation.tell(rows.conversation->counts(), errors);
  if (!options.json) {
    print_summary(tracker, run.progress().elapsed(), run.packets(), rows);
  } else if (rows.store) {
    tell_stored(options.store, rows.store->counts());
  }
  return exit;
}

/// All adapters are one run.
void begin_run(FlowStore& store, const std::vector<std::string>& adapters) {
  std::string source;
  for (const std::string& adapter : adapters) source += (source.empty() ? "" : " ") + adapter;
  store.begin(source, {});
}

ExitCode run_on_adapters(const Options& options, const std::string& filter, ErrorStyle errors) {
  const LiveInput input = options.live.resolve();
  handle_counters_signal();
  const capture::LiveOptions live = options.ring.live(input, false);
  LiveRun run{{.adapters = input.adapters,
               .live = live,
               .filters = {filter, input, options.input.filter()},
               .duration = options.ring.duration(),
               .errors = errors}};
  std::string filters = " filter=" + filter;
  for (const auto& [adapter, own] : input.filters) filters += " filter-on=" + adapter + "=" + own;
  const Rows rows = make_rows(options, FlowStore::Kind::adapters, filters, errors);
  if (rows.store) begin_run(*rows.store, input.adapters);
  flow::Tracker tracker{rows.observer(), tracker_options(options)};
  if (options.conversation.has_history()) rows.conversation->ask(&tracker);
  confine(options.sandbox, errors, live, directory_of_store(options));
  const auto started = std::chrono::steady_clock::now();
  const auto on_batch = [&tracker](const CommandBatch& batch) -> LiveRun::Taken {
    tracker.add(batch.packets);
    return {batch.packets.size()};
  };
  const auto on_time = [&](Timestamp now) {
    tracker.advance(now);
    rows.flush();
    if (rows.store) rows.store->advance();
    return true;
  };
  ExitCode exit = telling_failed_output(errors, [&] {
    const ExitCode end = run.run(on_batch, on_time);
    if (rows.store) rows.store->end(end == ExitCode::done);
    return end;
  });
  exit = finish(tracker, rows, exit, errors);
  if (rows.conversation) options.conversation.tell(rows.conversation->counts(), errors);
  run.tell_counters();
  if (errors == ErrorStyle::text) {
    print_summary(tracker, std::chrono::steady_clock::now() - started, run.packets(), rows);
    tell_line(fmt::format("packets {}", run.packets()));
  } else if (rows.store) {
    tell_stored(options.store, rows.store->counts());
  }
  return exit;
}

}  // namespace

ExitCode run_flows(const Words& words) {
  CLI::App app{"Rebuilds conversations from capture files or adapters, shows and stores them.",
               "weir flows [OPTIONS] FILE...|-i IF [FILTER]"};
  Options options;
  declare(app, options);
  const std::vector<std::string> rest = parse_options(app, words);
  const ErrorStyle errors = error_style(words);
  if (!options.live.given()) return run_on_files(options, options.input.resolve(rest), errors);
  check_live_words(rest, "weir flows FILE, without -i");
  return run_on_adapters(options, options.input.filter_text(rest), errors);
}

}  // namespace weir::cli
