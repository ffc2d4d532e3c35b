// weir read: the packets of capture files, a line each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "capture_run.h"
#include "commands.h"
#include "input.h"
#include "packet_printer.h"
#include "standard_output.h"
#include "units.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  PrintOptions print;
  bool count = false;
  std::string limit;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.print.declare(app);
  app.add_flag("--count", options.count, "print only how many packets match");
  app.add_option("-c", options.limit, "stop after this many matching packets")->type_name("N");
  app.footer(
      "examples:\n"
      "  weir read trace.pcap                     one line a packet, as tcpdump -n\n"
      "  weir read trace.pcap -c 10 -X udp port 53\n"
      "  weir read trace.pcap --json | jq -r .src\n"
      "  weir read --count traces/ 'tcp[tcpflags] & tcp-syn != 0'");
}

/// Of the packets of a batch, at most as many as are still wanted.
class Limit {
 public:
  /// `text` is that of -c; empty is no limit.
  explicit Limit(const std::string& text) {
    if (text.empty()) return;
    left_ = parse_count(text, "-c");
    if (*left_ == 0) throw UsageError{"-c: at least 1"};
  }

  [[nodiscard]] std::span<const Packet> take(std::span<const Packet> packets) {
    if (!left_) return packets;
    const auto taken = packets.first(std::min<std::uint64_t>(*left_, packets.size()));
    *left_ -= taken.size();
    return taken;
  }
  [[nodiscard]] bool more() const noexcept { return !left_ || *left_ != 0; }

 private:
  std::optional<std::uint64_t> left_;
};

}  // namespace

ExitCode run_read(const Words& words) {
  CLI::App app{"Prints the packets of capture files.", "weir read [OPTIONS] FILE... [FILTER]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve(parse_options(app, words));
  CaptureRun run{{.reader = options.input.reader(),
                  .input = input,
                  .filter = options.input.filter(),
                  .errors = error_style(words)}};
  Limit limit{options.limit};
  std::uint64_t matched = 0;
  PacketPrinter printer{options.print};
  const auto on_batch = [&](const CaptureBatch& batch) {
    const auto packets = limit.take(batch.packets);
    matched += packets.size();
    if (!options.count) printer.print(batch, packets);
    return limit.more();
  };
  const ExitCode exit = run.run(expand(input.files), on_batch, {}, [&printer] { printer.flush(); });
  if (options.count) {
    write_standard_output(options.print.json()
                              ? fmt::format("{{\"type\":\"count\",\"packets\":{}}}\n", matched)
                              : fmt::format("{}\n", matched));
  } else {
    printer.flush();
  }
  return exit;
}

}  // namespace weir::cli
