// weir: one command, a subcommand for each job.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>

#include "commands.h"
#include "standard_descriptors.h"
#include "standard_output.h"
#include "stop_signal.h"
#include "weir/version.h"

namespace weir::cli {
namespace {

std::string usage() {
  std::string text = "usage: weir COMMAND [OPTIONS] [FILE...] [FILTER]\n\n";
  for (const Command& command : commands()) {
    text += fmt::format("  {:10}{}\n", command.name, command.summary);
  }
  return text +
         "\nexamples:\n"
         "  weir flows trace.pcap                the conversations, largest first\n"
         "  weir read trace.pcap tcp port 443    one line a packet, as tcpdump prints them\n"
         "  weir info trace.pcap --protocols     what is in it\n\n"
         "weir COMMAND --help shows a command's options; man weir tells more.\n";
}

ExitCode run(const std::string& name, const Words& words) {
  for (const Command& command : commands()) {
    if (name == command.name) return command.run(words);
  }
  if (name == "-h" || name == "--help" || name == "help") {
    write_standard_output(usage());
  } else if (name == "--version") {
    write_standard_output(fmt::format("weir {}\n{}\n", version, features()));
  } else {
    throw UsageError{"unknown command '" + name + "'; weir --help lists them"};
  }
  return ExitCode::done;
}

}  // namespace
}  // namespace weir::cli

int main(int argc, char** argv) {
  using namespace weir::cli;  // NOLINT(google-build-using-namespace): this is its program
  const Words words{argv + std::min(argc, 2), argv + argc};
  try {
    hold_standard_descriptors();
    tzset();
    handle_stop_signals();
    if (argc < 2) {
      std::fputs(usage().c_str(), stderr);
      return static_cast<int>(ExitCode::usage);
    }
    return static_cast<int>(run(argv[1], words));
  } catch (...) {
    return static_cast<int>(report_exception(error_style(words), std::string{}));
  }
}
