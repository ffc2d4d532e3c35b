// weir read: the packets of capture files, a line each.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "capture_output.h"
#include "capture_run.h"
#include "commands.h"
#include "input.h"
#include "output_options.h"
#include "packet_printer.h"
#include "standard_output.h"
#include "units.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  PrintOptions print;
  OutputOptions output;
  bool count = false;
  std::string limit;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.print.declare(app);
  options.output.declare(app);
  app.add_flag("--count", options.count, "print only how many packets match");
  app.add_option("-c", options.limit, "stop after this many matching packets")->type_name("N");
  app.footer(
      "examples:\n"
      "  weir read trace.pcap                     one line a packet, as tcpdump -n\n"
      "  weir read trace.pcap -c 10 -X udp port 53\n"
      "  weir read trace.pcap --json | jq -r .src\n"
      "  weir read trace.pcap -w dns.pcapng.zst udp port 53\n"
      "  weir read big.pcap -w part.pcap --split size=100M\n"
      "  weir read --merge traces/ -w all.pcapng.zst\n"
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

/// Where the packets go: to standard output as text, JSON or a count, or to a capture file.
class Destination {
 public:
  Destination(const Options& options, const std::vector<InputFile>& files, ErrorStyle errors)
      : counts_{options.count}, json_{options.print.json()}, printer_{options.print} {
    options.output.check();
    if (counts_ && options.output.path() == "-") {
      throw UsageError{"--count and -w -: both go to standard output; write to a file"};
    }
    if (options.output.is_wanted()) output_.emplace(options.output, files, errors);
  }

  void add(const CaptureBatch& batch, std::span<const Packet> packets) {
    matched_ += packets.size();
    if (output_) {
      output_->add(batch, packets);
    } else if (!counts_) {
      printer_.print(batch, packets);
    }
  }
  void idle() {
    if (output_) output_->idle();
    if (!output_ && !counts_) printer_.flush();
  }
  [[nodiscard]] bool is_full() const noexcept { return output_ && output_->is_full(); }
  void end() {
    if (output_) output_->end();
    if (counts_) {
      write_standard_output(json_ ? fmt::format("{{\"type\":\"count\",\"packets\":{}}}\n", matched_)
                                  : fmt::format("{}\n", matched_));
    } else if (!output_) {
      printer_.flush();
    }
  }

 private:
  bool counts_;
  bool json_;
  PacketPrinter printer_;
  std::optional<CaptureOutput> output_;
  std::uint64_t matched_ = 0;
};

}  // namespace

ExitCode run_read(const Words& words) {
  CLI::App app{"Prints the packets of capture files, or copies them to another.",
               "weir read [OPTIONS] FILE... [FILTER]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve(parse_options(app, words));
  const ErrorStyle errors = error_style(words);
  CaptureRun run{{.reader = options.input.reader(),
                  .input = input,
                  .filter = options.input.filter(),
                  .errors = errors}};
  const auto files = expand(input.files);
  Limit limit{options.limit};
  Destination destination{options, files, errors};
  const auto on_batch = [&](const CaptureBatch& batch) {
    if (run.is_refused()) return true;  // no file is emptied for a filter that is a mistake
    destination.add(batch, limit.take(batch.packets));
    return limit.more() && !destination.is_full();
  };
  const ExitCode exit = run.run(files, on_batch, {}, [&destination] { destination.idle(); });
  destination.end();
  return exit;
}

}  // namespace weir::cli
