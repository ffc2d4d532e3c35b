// weir info: what capture files hold.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/files/file_digest.h"
#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/note.h"
#include "cli/output/standard_output.h"
#include "weir/info/summary.h"
#include "weir/wire/checksum_verdict.h"
#include "weir/wire/quoted_packet.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  SandboxOptions sandbox;
  bool json = false;
  bool protocols = false;
  bool checksums = false;
  bool sha256 = false;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.sandbox.declare(app);
  app.add_flag("--json", options.json, "one JSON object a file");
  app.add_flag("--protocols", options.protocols, "decode every packet and count per protocol");
  app.add_flag("--checksums", options.checksums, "verify the checksums of every header");
  app.add_flag("--sha256", options.sha256, "the SHA-256 of the file as it is stored");
  app.footer(
      "examples:\n"
      "  weir info trace.pcap\n"
      "  weir info --protocols --checksums trace.pcapng.gz\n"
      "  weir info --json traces/ | jq -r 'select(.complete | not) | .file'");
}

/// What a reader says of damage, without the file and offset it puts in front.
std::string cause_of(const savefile::Trouble& damage) {
  const std::string& what = damage.message;
  const std::string offset = "offset " + std::to_string(*damage.offset) + ": ";
  const std::size_t start = what.find(offset);
  return start == std::string::npos ? what : what.substr(start + offset.size());
}

/// What is counted of one file.
class FileCounts {
 public:
  explicit FileCounts(const Options& options)
      : protocols_{options.protocols ? std::make_unique<info::ProtocolCounts>() : nullptr},
        checksums_{options.checksums ? std::make_unique<info::ChecksumCounts>() : nullptr} {}

  void add(std::span<const Block> blocks) { summary_.add(blocks); }

  void add(std::span<const Packet> packets) {
    summary_.add(packets);
    if (checksums_) {
      add_checksums(packets);
    } else if (protocols_) {
      for (const Packet& packet : packets) protocols_->add(packet, wire::decode(packet));
    }
  }

  /// Takes over what the file says, and borrows what its reader does.
  void finish(const InputFile& file, const savefile::Reader& reader,
              const savefile::Trouble* damage) {
    summary_.file = file.path;
    summary_.file_size = file.size;
    summary_.format = reader.format();
    summary_.compression = reader.compression();
    summary_.byte_order = reader.byte_order();
    summary_.sections.assign(reader.sections().begin(), reader.sections().end());
    summary_.interfaces = reader.interfaces();
    summary_.statistics = reader.statistics();
    summary_.no_timestamp = reader.counts().no_timestamp;
    summary_.protocols = protocols_.get();
    summary_.checksums = checksums_.get();
    summary_.complete = damage == nullptr && reader.counts().skipped_regions == 0;
    summary_.skipped_places = reader.counts().skipped_regions;
    summary_.skipped_bytes = reader.counts().skipped_bytes;
    if (damage != nullptr && damage->offset && !damage->is_beyond_limit) {
      summary_.damage = {*damage->offset, cause_of(*damage)};
    }
  }

  void set_sha256(std::string digest) { summary_.sha256 = std::move(digest); }

  [[nodiscard]] const info::Summary& summary() const noexcept { return summary_; }

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

  info::Summary summary_;
  std::unique_ptr<info::ProtocolCounts> protocols_;
  std::unique_ptr<info::ChecksumCounts> checksums_;
};

/// Empty, with a note, where there is none.
std::string told_digest_of(const InputFile& file, const savefile::ReaderOptions& options,
                           ErrorStyle style) {
  std::string digest = digest_of(file, options);
  if (digest.empty()) {
    const std::string name = file.path == "-" ? "standard input" : file.path;
    tell({.kind = "no_sha256",
          .message = name + ": no SHA-256, it cannot be read a second time",
          .file = file.path},
         style);
  }
  return digest;
}

void print(const info::Summary& summary, bool as_json, bool is_first) {
  std::string text{is_first || as_json ? "" : "\n"};
  as_json ? append_json(text, summary) : append_text(text, summary);
  write_standard_output(text);
}

}  // namespace

ExitCode run_info(const Words& words) {
  CLI::App app{"Says what capture files hold.", "weir info [OPTIONS] FILE... [FILTER]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve(parse_options(app, words));
  if (input.merge) throw UsageError{"--merge: info tells of each file by itself"};
  FileSandbox sandbox{options.sandbox, error_style(words)};
  const savefile::ReaderOptions reading = sandbox.reader(options.input.reader());
  FilesRun run{{.reader = reading,
                .input = input,
                .filter = options.input.filter(),
                .errors = error_style(words)}};
  auto counts = std::make_unique<FileCounts>(options);
  const auto files = expand(input.files);
  run.confine(sandbox, {.inputs = files, .opens_again = options.sha256});
  return run.run(
      files,
      [&](const CommandBatch& batch) {
        counts->add(batch.packets);
        counts->add(batch.blocks);
        return true;
      },
      [&](const InputFile& file, const savefile::Reader& reader, const savefile::Trouble* damage) {
        counts->finish(file, reader, damage);
        if (options.sha256) counts->set_sha256(told_digest_of(file, reading, error_style(words)));
        print(counts->summary(), options.json, run.captures() == 1);
        counts = std::make_unique<FileCounts>(options);
      });
}

}  // namespace weir::cli
