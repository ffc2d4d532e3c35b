// weir info: what capture files hold.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "capture_run.h"
#include "commands.h"
#include "input.h"
#include "standard_output.h"
#include "weir/sink/capture_summary.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/quoted_packet.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  bool json = false;
  bool protocols = false;
  bool checksums = false;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  app.add_flag("--json", options.json, "one JSON object a file");
  app.add_flag("--protocols", options.protocols, "decode every packet and count per protocol");
  app.add_flag("--checksums", options.checksums, "verify the checksums of every header");
  app.footer(
      "examples:\n"
      "  weir info trace.pcap\n"
      "  weir info --protocols --checksums trace.pcapng.gz\n"
      "  weir info --json traces/ | jq -r 'select(.complete | not) | .file'");
}

/// What a reader says of damage, without the file and offset it puts in front.
std::string cause_of(const FormatError& damage) {
  const std::string what = damage.what();
  const std::string offset = "offset " + std::to_string(damage.offset()) + ": ";
  const std::size_t start = what.find(offset);
  return start == std::string::npos ? what : what.substr(start + offset.size());
}

/// What is counted of one file.
class FileCounts {
 public:
  explicit FileCounts(const Options& options)
      : protocols_{options.protocols ? std::make_unique<sink::ProtocolCounts>() : nullptr},
        checksums_{options.checksums ? std::make_unique<sink::ChecksumCounts>() : nullptr} {}

  void add(std::span<const Packet> packets) {
    summary_.add(packets);
    if (checksums_) {
      add_checksums(packets);
    } else if (protocols_) {
      for (const Packet& packet : packets) protocols_->add(packet, wire::decode(packet));
    }
  }

  void print(const InputFile& file, const savefile::Reader& reader, const Error* damage,
             bool as_json, bool is_first) {
    summary_.file = file.path;
    summary_.format = reader.format();
    summary_.compression = reader.compression();
    summary_.byte_order = reader.byte_order();
    summary_.interfaces.assign(reader.interfaces().begin(), reader.interfaces().end());
    summary_.protocols = protocols_.get();
    summary_.checksums = checksums_.get();
    summary_.complete = damage == nullptr && reader.counts().skipped_regions == 0;
    summary_.skipped_places = reader.counts().skipped_regions;
    summary_.skipped_bytes = reader.counts().skipped_bytes;
    if (const auto* format = dynamic_cast<const FormatError*>(damage)) {
      summary_.damage = {format->offset(), cause_of(*format)};
    }
    std::string text{is_first || as_json ? "" : "\n"};
    as_json ? append_json(text, summary_) : append_text(text, summary_);
    write_standard_output(text);
  }

 private:
  void add_checksums(std::span<const Packet> packets) {
    for (const Packet& packet : packets) {
      const wire::Layers layers = wire::decode(packet);
      if (protocols_) protocols_->add(packet, layers);
      checksums_->add(layers, wire::verify_checksums(packet, layers));
      add_quoted_checksums(packet, layers);
    }
  }

  /// Every header counts, in packets quoted inside ICMP errors too.
  void add_quoted_checksums(const Packet& packet, const wire::Layers& layers) {
    auto quoted = wire::quoted_packet(packet, layers);
    while (quoted) {
      const wire::Layers inside = wire::decode(*quoted);
      checksums_->add(inside, wire::verify_checksums(*quoted, inside));
      quoted = wire::quoted_packet(*quoted, inside);
    }
  }

  sink::CaptureSummary summary_;
  std::unique_ptr<sink::ProtocolCounts> protocols_;
  std::unique_ptr<sink::ChecksumCounts> checksums_;
};

}  // namespace

ExitCode run_info(const Words& words) {
  CLI::App app{"Says what capture files hold.", "weir info [OPTIONS] FILE... [FILTER]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve(parse_options(app, words));
  if (input.merge) throw UsageError{"--merge: info tells of each file by itself"};
  CaptureRun run{{.reader = options.input.reader(),
                  .input = input,
                  .filter = options.input.filter(),
                  .errors = error_style(words)}};
  auto counts = std::make_unique<FileCounts>(options);
  return run.run(
      expand(input.files),
      [&](const CaptureBatch& batch) {
        counts->add(batch.packets);
        return true;
      },
      [&](const InputFile& file, const savefile::Reader& reader, const Error* damage) {
        counts->print(file, reader, damage, options.json, run.captures() == 1);
        counts = std::make_unique<FileCounts>(options);
      });
}

}  // namespace weir::cli
