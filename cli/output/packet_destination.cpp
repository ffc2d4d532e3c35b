// Hands packets to the printer or the capture file.
#include "cli/output/packet_destination.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/output/standard_output.h"
#include "cli/units.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

std::optional<std::uint64_t> limit_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::uint64_t limit = parse_count(text, "-c");
  if (limit == 0) throw UsageError{"-c: at least 1"};
  return limit;
}

std::string link_type_of(const Interface& interface) {
  const std::string_view known = name(interface.link_type);
  const auto number = static_cast<unsigned>(interface.link_type);
  return interface.name + " is " +
         (known.empty() ? fmt::format("LINKTYPE {}", number) : std::string{known});
}

void check_is_one_link_type(const std::string& path, std::span<const Interface> interfaces) {
  const Interface& first = interfaces.front();
  for (const Interface& other : interfaces) {
    if (other.link_type == first.link_type) continue;
    throw Error{ErrorCode::cannot_hold,
                fmt::format("{}: a pcap holds one link type: {}, and {}; a .pcapng holds both",
                            path, link_type_of(first), link_type_of(other))};
  }
}

}  // namespace

void DestinationOptions::declare(CLI::App& app) {
  print.declare(app);
  decode.declare(app);
  output.declare(app);
  app.add_flag("--count", count, "print only how many packets match");
  app.add_option("-c", limit, "stop after this many matching packets")->type_name("N");
}

PacketDestination::PacketDestination(const DestinationOptions& options,
                                     const std::vector<InputFile>& files,
                                     const savefile::ReaderOptions& reader, ErrorStyle errors)
    : options_{options.output},
      counts_{options.count},
      json_{options.print.json()},
      left_{limit_of(options.limit)},
      printer_{options.print, options.decode.decoders()} {
  options.output.check();
  if (counts_ && options.output.path() == "-") {
    throw UsageError{"--count and -w -: both go to standard output; write to a file"};
  }
  if (options.output.is_wanted()) output_.emplace(options.output, files, reader, errors);
}

std::span<const Packet> PacketDestination::take(std::span<const Packet> packets) noexcept {
  if (!left_) return packets;
  const auto taken = packets.first(std::min<std::uint64_t>(*left_, packets.size()));
  *left_ -= taken.size();
  return taken;
}

void PacketDestination::begin(std::span<const Interface> interfaces) {
  if (!output_ && !counts_) printer_.begin(interfaces);
  if (!output_) return;
  if (options_.writer().format == savefile::Format::pcapng) return output_->begin(interfaces);
  check_is_one_link_type(options_.path(), interfaces);
  output_->begin(interfaces.first(1));  // a pcap knows but one, and begins at once with that
}

bool PacketDestination::add(const CommandBatch& batch) {
  const auto packets = take(batch.packets);
  taken_ += packets.size();
  if (output_) {
    output_->add(batch, packets);
    if (is_full()) taken_ = output_->packets();  // the last file had no room for some of the batch
  } else if (!counts_) {
    printer_.print(batch, packets);
  }
  return !is_full() && (!left_ || *left_ != 0);
}

std::uint64_t PacketDestination::packets() const noexcept {
  return output_ ? output_->packets() : taken_;
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
    write_standard_output(json_ ? fmt::format("{{\"type\":\"count\",\"packets\":{}}}\n", taken_)
                                : fmt::format("{}\n", taken_));
  } else if (!output_) {
    printer_.flush();
  }
}

}  // namespace weir::cli
