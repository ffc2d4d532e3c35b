// weir read: the packets of capture files, shown or copied.
#include <CLI/CLI.hpp>

#include "cli/commands/commands.h"
#include "cli/files/files_run.h"
#include "cli/files/input.h"
#include "cli/output/packet_destination.h"

namespace weir::cli {
namespace {

struct Options {
  InputOptions input;
  SandboxOptions sandbox;
  DestinationOptions destination;
};

void declare(CLI::App& app, Options& options) {
  options.input.declare(app);
  options.destination.declare(app);
  options.sandbox.declare(app);
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

/// One file is opened by name, once there is something to write; of a series nobody knows the
/// names.
FileNeeds needs_of(const OutputOptions& output, const std::vector<InputFile>& files) {
  FileNeeds needs{.inputs = files, .output_directory = output.series_directory()};
  if (output.is_wanted() && !output.is_series() && output.path() != "-") {
    needs.output = output.path();
    needs.readable = output.name_directory();
  }
  return needs;
}

}  // namespace

ExitCode run_read(const Words& words) {
  CLI::App app{"Prints the packets of capture files, or copies them to another.",
               "weir read [OPTIONS] FILE... [FILTER]"};
  Options options;
  declare(app, options);
  const Input input = options.input.resolve(parse_options(app, words));
  const ErrorStyle errors = error_style(words);
  FileSandbox sandbox{options.sandbox, errors};
  const savefile::ReaderOptions reader = sandbox.reader(options.input.reader());
  FilesRun run{
      {.reader = reader, .input = input, .filter = options.input.filter(), .errors = errors}};
  const auto files = expand(input.files);
  options.destination.output.open_through(sandbox.output());
  PacketDestination destination{options.destination, files, reader, errors};
  run.confine(sandbox, needs_of(options.destination.output, files));
  const auto on_batch = [&](const CommandBatch& batch) {
    if (run.is_refused()) return true;  // no file is emptied for a filter that is a mistake
    return destination.add(batch);
  };
  const ExitCode exit = run.run(files, on_batch, {}, [&destination] { destination.idle(); });
  destination.end();
  return exit;
}

}  // namespace weir::cli
