// weir send: replays captures on adapters.
#include <linux/capability.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/files/input.h"
#include "cli/live/live_options.h"
#include "cli/live/permission_advice.h"
#include "cli/send/replay_options.h"
#include "cli/send/send_run.h"
#include "cli/stop_signal.h"

namespace weir::cli {
namespace {

struct Options {
  std::vector<std::string> adapters;
  InputOptions input;
  ReplayWords replay;
  SandboxOptions sandbox;
  bool is_text = false;
  bool is_incoming = false;
  bool segments = false;
  bool steps = false;
  bool is_dry_run = false;
  bool json = false;
};

void declare(CLI::App& app, Options& options) {
  app.add_option("-i,--interface", options.adapters,
                 "the adapter, or its number; twice with --split")
      ->type_name("IF")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group("Input");
  options.input.declare(app);
  app.add_flag("--hex", options.is_text,
               "the files are text: hex dumps with offsets, or a frame a line")
      ->group("Input");
  options.replay.declare(app);
  auto* incoming = app.add_flag("--incoming", options.is_incoming,
                                "the adapter has received the packets, as far as this host knows");
  app.add_flag("--segment", options.segments,
               "have the kernel cut TCP and UDP frames that are too long for the adapter")
      ->excludes(incoming);
  auto* step = app.add_flag("--step", options.steps, "each packet waits for Enter");
  app.add_flag("--dry-run", options.is_dry_run, "nothing leaves: tell what would")
      ->excludes(incoming)
      ->excludes(step);
  options.sandbox.declare(app);
  app.add_flag("--json", options.json, "what came of it as a JSON object");
  app.footer(
      "examples:\n"
      "  weir send -i eth0 trace.pcap                     as it was recorded\n"
      "  weir send -i eth0 trace.pcap --rate 10kpps --loop 0 --for 30s\n"
      "  weir send -i eth0 trace.pcap --rate top --preload udp port 53\n"
      "  weir send -i eth0 trace.pcap --map-addr 10.1.0.0/16=192.0.2.0/16 --dst-mac auto\n"
      "  weir send -i eth0 -i eth1 trace.pcap --split 'src net 10.1.0.0/16'\n"
      "  weir send -i eth0 --incoming trace.pcap          local programs receive it\n"
      "  echo 'ffffffffffff 02005e100001 88b5 0000' | weir send -i eth0 --hex -");
}

/// Throws UsageError where their number is another than the split wants.
std::vector<std::string> adapters_of(const Options& options) {
  const std::size_t wanted = options.replay.adapters();
  if (options.adapters.empty()) throw UsageError{"name the adapter to send on with -i"};
  if (options.adapters.size() > wanted) {
    throw UsageError{wanted == 1 ? "-i: two adapters take --split or --split-direction"
                                 : "-i: two adapters at most"};
  }
  if (options.adapters.size() < wanted) throw UsageError{"--split: two adapters, -i IF1 -i IF2"};
  return adapters_named(options.adapters);
}

/// When the time is up what is on its way leaves still.
bool gives_up() noexcept { return stop_requested() && !time_is_up(); }

inject::Outlet opened_sender(const std::string& name, const Options& options) {
  const inject::SenderOptions sender{
      .segment = options.segments, .dry_run = options.is_dry_run, .stop = gives_up};
  return opened_adapter([&] { return inject::Sender{name, sender}; }, "sending");
}

inject::Outlet opened_incoming(const std::string& name) {
  try {
    return inject::Incoming{name, {.stop = gives_up}};
  } catch (const SystemError& error) {
    if (error.code() != ErrorCode::permission_denied) throw;
    throw AdapterRefused{error,
                         "inserting packets needs root, or CAP_NET_ADMIN and CAP_BPF:\n  " +
                             setcap_line(sandbox::only(CAP_NET_ADMIN) | sandbox::only(CAP_BPF))};
  }
}

std::vector<inject::Outlet> opened(const Options& options) {
  std::vector<inject::Outlet> outlets;
  for (const std::string& name : adapters_of(options)) {
    outlets.push_back(options.is_incoming ? opened_incoming(name) : opened_sender(name, options));
  }
  return outlets;
}

std::unique_ptr<StepLines> steps_of(const Options& options, const Input& input) {
  if (!options.steps) return nullptr;
  return std::make_unique<StepLines>(std::ranges::count(input.files, "-") != 0);
}

/// Nothing is ignored.
void check(const CLI::App& app, const Options& options, const inject::ReplayOptions& replay) {
  for (const char* name : {"--merge", "--since", "--until", "--follow", "--skip-damaged"}) {
    if (options.is_text && app.count(name) != 0) {
      throw UsageError{std::string{name} + ": --hex reads text, which is no capture"};
    }
  }
  if (options.input.follows() && (replay.preload || replay.loops != 1)) {
    throw UsageError{std::string{replay.preload ? "--preload" : "--loop"} +
                     ": a file that is followed has no end to wait for"};
  }
  if (options.steps && app.count("--rate") != 0) {
    throw UsageError{"--rate: with --step each packet waits for Enter, and for nothing else"};
  }
  const bool by_recorded_time = replay.rate.kind == inject::Rate::Kind::recorded && !options.steps;
  if (app.count("--max-gap") != 0 && !by_recorded_time) {
    throw UsageError{"--max-gap: gaps are shortened of recorded time alone"};
  }
  if (!options.is_dry_run) return;
  if (replay.loops == 0 && replay.packets == 0) {
    throw UsageError{"--dry-run: --loop 0 has no end without -c"};
  }
  if (replay.rewriting.destination_mac.kind == inject::MacChange::Kind::automatic) {
    throw UsageError{"--dry-run: --dst-mac auto asks neighbours"};
  }
}

}  // namespace

ExitCode run_send(const Words& words) {
  CLI::App app{"Sends the packets of capture files on an adapter.",
               "weir send -i IF [OPTIONS] FILE... [FILTER]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve(parse_options(app, words));
  const inject::ReplayOptions replay = options.replay.resolve(options.input.filter());
  check(app, options, replay);
  const ErrorStyle errors = error_style(words);
  // Where the kernel takes programs while packets go, a sandbox would refuse them.
  if (options.is_incoming) options.sandbox.leave_out();
  FileSandbox sandbox{options.sandbox, errors};
  SendRunOptions run{.reader = sandbox.reader(options.input.reader()),
                     .input = input,
                     .filter = options.input.filter(),
                     .is_text = options.is_text,
                     .replay = replay,
                     .rate = options.replay.rate(),
                     .steps = steps_of(options, input),
                     .is_dry_run = options.is_dry_run,
                     .json = options.json,
                     .errors = errors};
  return send_files(std::move(run), opened(options), sandbox);
}

}  // namespace weir::cli
