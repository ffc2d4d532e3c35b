// weir capture: live packets, shown or written.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/adapters/adapter_listing.h"
#include "cli/commands/commands.h"
#include "cli/files/files_run.h"
#include "cli/filter/filter_options.h"
#include "cli/live/link_type_options.h"
#include "cli/live/live_options.h"
#include "cli/live/live_run.h"
#include "cli/live/live_signals.h"
#include "cli/live/live_words.h"
#include "cli/live/ring_options.h"
#include "cli/note.h"
#include "cli/output/packet_destination.h"
#include "cli/sandbox/live_sandbox.h"
#include "cli/sandbox/user.h"
#include "cli/units.h"

namespace weir::cli {
namespace {

struct Options {
  LiveInputOptions live;
  LinkTypeOptions link_type;
  FilterOptions filter;
  RingOptions ring;
  DestinationOptions destination;
  SandboxOptions sandbox;
  std::string stop_size;
  std::string user;  // -Z
  bool lists_adapters = false;
};

void declare(CLI::App& app, Options& options) {
  options.live.declare(app);
  options.link_type.declare(app);
  options.filter.declare(app);
  options.ring.declare(app);
  options.destination.declare(app);
  options.sandbox.declare(app);
  app.add_option("--stop-size", options.stop_size, "end after so many captured bytes")
      ->type_name("SIZE");
  app.add_flag("-D,--list-interfaces", options.lists_adapters,
               "list the adapters as weir adapters does, and end")
      ->group("Input");
  app.add_option("-Z,--relinquish-privileges", options.user,
                 "as root, become this user once everything is open; the files are theirs")
      ->type_name("USER")
      ->group("sandbox");
  app.footer(
      "examples:\n"
      "  weir capture -i eth0                     one line a packet, as tcpdump -n\n"
      "  weir capture -i eth0 -c 10 udp port 53\n"
      "  weir capture -i eth0 -w trace.pcapng.zst --duration 1m\n"
      "  weir capture -i eth0 -w ring.pcap -C 100 -W 10   the newest gigabyte\n"
      "  weir capture -i eth0 -i wlan0 -w both.pcapng tcp port 443\n"
      "  weir capture -i eth0 -i eth1 --filter-on eth1=udp -w both.pcapng tcp\n"
      "\n"
      "SIGUSR1 tells the counters. SIGHUP begins the next file of a series, else it ends the\n"
      "capture.");
}

/// --stop-size: the packet that reaches it is the last.
class StopSize {
 public:
  explicit StopSize(const std::string& text) {
    if (text.empty()) return;
    left_ = parse_count(text, "--stop-size");
    if (left_ == 0) throw UsageError{"--stop-size: at least 1"};
  }

  [[nodiscard]] std::span<const Packet> take(std::span<const Packet> packets) noexcept {
    if (!left_) return packets;
    std::size_t taken = 0;
    while (taken < packets.size() && *left_ != 0) {
      *left_ -= std::min<std::uint64_t>(*left_, packets[taken++].data.size());
    }
    return packets.first(taken);
  }
  [[nodiscard]] bool is_reached() const noexcept { return left_ == 0; }

 private:
  std::optional<std::uint64_t> left_;
};

/// -Z: whom to become. Whoever is not root has nothing to relinquish.
std::optional<savefile::FileOwner> chosen_user(const Options& options) {
  if (options.user.empty()) return std::nullopt;
  const savefile::FileOwner user = user_named(options.user);
  if (::geteuid() != 0) return std::nullopt;
  return user;
}

}  // namespace

ExitCode run_capture(const Words& words) {
  CLI::App app{"Captures packets of adapters, shows or writes them.",
               "weir capture [OPTIONS] [FILTER]"};
  Options options;
  declare(app, options);
  const std::vector<std::string> filter_words = parse_options(app, words);
  check_live_words(filter_words, "weir read FILE");
  const ErrorStyle errors = error_style(words);
  StopSize stop_size{options.stop_size};
  if (options.lists_adapters) {
    print_adapters(capture::adapters(),
                   errors == ErrorStyle::json ? ListStyle::json : ListStyle::text);
    return ExitCode::done;
  }
  if (const auto user = chosen_user(options)) options.destination.output.give_to(*user);
  handle_counters_signal();
  if (options.destination.output.is_series()) handle_rotation_signal();
  const LiveInput input = options.live.resolve();
  const capture::LiveOptions live = options.ring.live(
      input, !options.destination.output.is_wanted() || options.destination.output.is_watched());
  if (options.link_type.is_listing()) {
    if (errors == ErrorStyle::json) throw UsageError{"-L: text only; -D --json tells link types"};
    LinkTypeOptions::list(input, live);
    return ExitCode::done;
  }
  LiveRun run{{.adapters = input.adapters,
               .live = live,
               .filters = {options.filter.text(filter_words), input, options.filter.filter()},
               .link_type = options.link_type.wanted(),
               .duration = options.ring.duration(),
               .errors = errors}};
  PacketDestination destination{options.destination, {}, {}, errors};
  const auto on_batch = [&](const CommandBatch& batch) -> LiveRun::Taken {
    const std::uint64_t before = destination.taken();
    CommandBatch wanted = batch;
    wanted.packets = stop_size.take(batch.packets);
    const bool goes_on = destination.add(wanted) && !stop_size.is_reached();
    return {destination.taken() - before, goes_on};
  };
  const auto on_time = [&](Timestamp now) {
    destination.advance(now);
    if (take_rotation_request()) destination.rotate();
    return !destination.is_full();
  };
  const ExitCode exit = telling_failed_output(errors, [&] {
    destination.begin(run.interfaces());
    confine(options.sandbox, errors, live, options.destination.output.series_directory(),
            options.destination.output.user());
    const ExitCode end = run.run(on_batch, on_time);
    destination.end();
    return end;
  });
  run.tell_counters();
  if (errors == ErrorStyle::text) tell_line(fmt::format("packets {}", destination.packets()));
  return exit;
}

}  // namespace weir::cli
