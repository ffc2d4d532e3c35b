// weir: one command, a subcommand for each job.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/note.h"
#include "cli/output/standard_descriptors.h"
#include "cli/output/standard_output.h"
#include "cli/stop_signal.h"
#include "weir/nearest.h"
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
         "weir help COMMAND shows a command's options; man weir tells more.\n";
}

std::string unknown_command(const std::string& name) {
  std::vector<std::string> known{"help", "--help", "--version"};
  for (const Command& command : commands()) known.emplace_back(command.name);
  std::string text = "unknown command " + name;
  const std::string meant = nearest(name, known);
  std::error_code problem;
  if (meant.empty() && std::filesystem::exists(name, problem)) {
    return text + ", but a file: weir read prints its packets, weir info sums it up";
  }
  return text + (meant.empty() ? "; weir --help lists them" : did_you_mean("weir " + meant));
}

/// A reader of standard output that took nothing when it was time to end.
void tell_of_reader(ErrorStyle style) {
  const NotPrinted rest = not_printed();
  if (rest.bytes == 0) return;
  tell({.kind = "not_printed",
        .message = "standard output: " + plural(rest.lines, "line", "lines") +
                   " not printed, as nobody read them",
        .counts = {{"lines", rest.lines}, {"bytes", rest.bytes}}},
       style);
}

ExitCode run(const std::string& name, const Words& words) {
  for (const Command& command : commands()) {
    if (name == command.name) return command.run(words);
  }
  if (name == "help" && !words.empty()) {
    if (words.front().starts_with('-') || words.front() == "help") return run("--help", {});
    return run(words.front(), {"--help"});
  }
  if (name == "-h" || name == "--help" || name == "help") {
    write_standard_output(usage());
  } else if (name == "--version") {
    write_standard_output(fmt::format("weir {}\n{}\n", version, features()));
  } else {
    throw UsageError{unknown_command(name)};
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
    const ExitCode exit = run(argv[1], words);
    tell_of_reader(error_style(words));
    return static_cast<int>(exit);
  } catch (...) {
    const ExitCode exit = report_exception(error_style(words), std::string{});
    tell_of_reader(error_style(words));
    return static_cast<int>(exit);
  }
}
