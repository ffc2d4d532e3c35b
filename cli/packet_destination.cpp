// Hands packets to the printer or the capture file.
#include "packet_destination.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "standard_output.h"
#include "units.h"

namespace weir::cli {
namespace {

std::optional<std::uint64_t> limit_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::uint64_t limit = parse_count(text, "-c");
  if (limit == 0) throw UsageError{"-c: at least 1"};
  return limit;
}

}  // namespace

void DestinationOptions::declare(CLI::App& app) {
  print.declare(app);
  output.declare(app);
  app.add_flag("--count", count, "print only how many packets match");
  app.add_option("-c", limit, "stop after this many matching packets")->type_name("N");
}

PacketDestination::PacketDestination(const DestinationOptions& options,
                                     const std::vector<InputFile>& files, ErrorStyle errors)
    : counts_{options.count},
      json_{options.print.json()},
      left_{limit_of(options.limit)},
      printer_{options.print} {
  options.output.check();
  if (counts_ && options.output.path() == "-") {
    throw UsageError{"--count and -w -: both go to standard output; write to a file"};
  }
  if (options.output.is_wanted()) output_.emplace(options.output, files, errors);
}

std::span<const Packet> PacketDestination::take(std::span<const Packet> packets) noexcept {
  if (!left_) return packets;
  const auto taken = packets.first(std::min<std::uint64_t>(*left_, packets.size()));
  *left_ -= taken.size();
  return taken;
}

void PacketDestination::begin(std::span<const Interface> interfaces) {
  if (output_) output_->begin(interfaces);
}

bool PacketDestination::add(const CaptureBatch& batch) {
  const auto packets = take(batch.packets);
  packets_ += packets.size();
  if (output_) {
    output_->add(batch, packets);
  } else if (!counts_) {
    printer_.print(batch, packets);
  }
  return !is_full() && (!left_ || *left_ != 0);
}

void PacketDestination::idle() {
  if (output_) output_->idle();
  if (!output_ && !counts_) printer_.flush();
}

void PacketDestination::advance(Timestamp now) {
  if (output_) output_->advance(now);
  if (!output_ && !counts_) printer_.flush();
}

void PacketDestination::rotate() {
  if (output_) output_->rotate();
}

void PacketDestination::end() {
  if (output_) output_->end();
  if (counts_) {
    write_standard_output(json_ ? fmt::format("{{\"type\":\"count\",\"packets\":{}}}\n", packets_)
                                : fmt::format("{}\n", packets_));
  } else if (!output_) {
    printer_.flush();
  }
}

}  // namespace weir::cli
