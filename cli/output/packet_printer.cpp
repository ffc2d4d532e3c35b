// Declares the print group; formats packets and writes them in blocks.
#include "cli/output/packet_printer.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <random>

#include "cli/exit_code.h"
#include "cli/output/standard_output.h"
#include "weir/wire/direction.h"
#include "weir/wire/layers.h"

namespace weir::cli {

void PrintOptions::declare(CLI::App& app) {
  constexpr const char* group = "Printing";
  app.add_flag("-e", link_header_, "link-layer headers too")->group(group);
  app.add_flag("-v", verbose_, "more about each packet (-vv, -vvv: still more)")->group(group);
  app.add_flag("-q", quick_, "less about each packet")->group(group);
  app.add_flag("-t", no_time_,
               "-t no time, -tt seconds since 1970, -ttt time since the packet before, -tttt date "
               "and time, -ttttt time since the first packet")
      ->group(group);
  app.add_flag("-x", hex_, "bytes in hex (-xx: the link header too)")->group(group);
  app.add_flag("-X", hex_text_, "bytes in hex and text (-XX: the link header too)")->group(group);
  app.add_flag("-A", characters_, "bytes as text (-AA: the link header too)")->group(group);
  app.add_flag("-S", absolute_, "absolute TCP sequence numbers")->group(group);
  app.add_flag("-#,--number", number_, "number the packets")->group(group);
  app.add_flag("--nano", nanoseconds_, "times with nine digits")->group(group);
  app.add_flag("-n", no_names_, "accepted; names are never looked up")->group(group);
  app.add_flag("-l", line_buffered_, "write each packet as soon as it is read")->group(group);
  auto* json = app.add_flag("--json", json_, "one JSON object a line")->group(group);
  app.add_flag("--layers", layers_, "with --json: the ordered list of headers")
      ->needs(json)
      ->group(group);
}

namespace {

/// Whether packets can be of interfaces with different names, as in a file of several adapters.
bool has_several_names(std::span<const Interface> interfaces) noexcept {
  return std::ranges::any_of(
      interfaces, [&](const Interface& one) { return one.name != interfaces.front().name; });
}

/// In a file a packet without a direction was not captured as weir captures: its line is tcpdump's.
std::string_view name_of(const Packet& packet, std::span<const Interface> interfaces,
                         bool is_live) noexcept {
  const bool is_told = packet.interface_index < interfaces.size() &&
                       (is_live || wire::direction_of(packet) != Direction::unknown);
  return is_told ? std::string_view{interfaces[packet.interface_index].name} : std::string_view{};
}

}  // namespace

print::PacketTextOptions PrintOptions::text(const wire::Decoders& decoders) const {
  using print::Dump;
  using print::TimeFormat;
  if (no_time_ > 5) throw UsageError{"-t: at most five"};
  print::PacketTextOptions options;
  constexpr TimeFormat times[] = {TimeFormat::clock, TimeFormat::none, TimeFormat::epoch,
                                  TimeFormat::delta, TimeFormat::date, TimeFormat::since_first};
  options.time = times[no_time_];
  options.nanoseconds = nanoseconds_;
  options.link_header = link_header_;
  options.verbosity = static_cast<std::uint8_t>(std::min(verbose_, 3));
  options.quick = quick_;
  options.number = number_;
  options.absolute_sequence = absolute_;
  if (hex_text_ != 0) {
    options.dump = hex_text_ > 1 ? Dump::hex_text_all : Dump::hex_text;
  } else if (hex_ != 0) {
    options.dump = hex_ > 1 ? Dump::hex_all : Dump::hex;
  } else if (characters_ != 0) {
    options.dump = characters_ > 1 ? Dump::characters_all : Dump::characters;
  }
  options.hash_key = std::random_device{}();
  options.decoders = decoders;
  return options;
}

PacketPrinter::PacketPrinter(const PrintOptions& options, const wire::Decoders& decoders)
    : decoders_{decoders},
      text_{options.text(decoders)},
      line_buffered_{options.line_buffered() || is_terminal_output()} {
  if (options.json())
    json_.emplace(record::PacketJsonOptions{.layers = options.layers(), .decoders = decoders});
}

void PacketPrinter::begin(std::span<const Interface> interfaces) {
  has_several_ = interfaces.size() > 1;
  const auto is_cooked = [](const Interface& one) { return one.link_type == LinkType::linux_sll2; };
  if (std::ranges::any_of(interfaces, is_cooked)) names_.emplace();
}

void PacketPrinter::learn_names() {
  for (const auto& [index, name] : names_->next()) {
    if (json_) {
      json_->name_interface(index, name);
    } else {
      text_.name_interface(index, name);
    }
  }
}

void PacketPrinter::print(const CommandBatch& batch, std::span<const Packet> packets) {
  if (names_) learn_names();
  const bool is_of_several = has_several_ || has_several_names(batch.interfaces);
  std::size_t at = 0;
  for (const Packet& packet : packets) {
    // Filtering copied descriptors: the same bytes are the same packet.
    while (batch.unfiltered[at].data.data() != packet.data.data()) ++at;
    const wire::Layers layers = wire::decode(packet, decoders_);
    if (json_) {
      json_->append(buffer_, packet, layers,
                    {.number = batch.first_number + at,
                     .file = batch.path(at),
                     .interfaces = batch.interfaces});
    } else {
      text_.append(
          buffer_, packet, layers,
          is_of_several ? name_of(packet, batch.interfaces, has_several_) : std::string_view{});
    }
    ++at;
    if (line_buffered_ || buffer_.size() >= block) flush();
  }
}

void PacketPrinter::flush() {
  write_standard_output(buffer_);
  buffer_.clear();
}

}  // namespace weir::cli
