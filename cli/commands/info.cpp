// weir info: what capture files hold.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands/commands.h"
#include "cli/files/file_digest.h"
#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/note.h"
#include "cli/output/decode_options.h"
#include "cli/output/standard_output.h"
#include "weir/info/file_summary.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  DecodeOptions decode;
  SandboxOptions sandbox;
  bool json = false;
  info::CountOptions counts;
  bool sha256 = false;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.decode.declare(app);
  options.sandbox.declare(app);
  app.add_flag("--json", options.json, "one JSON object a file");
  app.add_flag("--protocols", options.counts.protocols,
               "decode every packet and count per protocol");
  app.add_flag("--checksums", options.counts.checksums, "verify the checksums of every header");
  app.add_flag("--sha256", options.sha256, "the SHA-256 of the file as it is stored");
  app.footer(
      "examples:\n"
      "  weir info trace.pcap\n"
      "  weir info --protocols --checksums trace.pcapng.gz\n"
      "  weir info --json traces/ | jq -r 'select(.complete | not) | .file'");
}

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
  options.counts.decoders = options.decode.decoders();
  FileSandbox sandbox{options.sandbox, error_style(words)};
  const savefile::ReaderOptions reading = sandbox.reader(options.input.reader());
  FilesRun run{{.reader = reading,
                .input = input,
                .filter = options.input.filter(),
                .errors = error_style(words)}};
  auto counts = std::make_unique<info::FileCounts>(options.counts);
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
        counts = std::make_unique<info::FileCounts>(options.counts);
      });
}

}  // namespace weir::cli
