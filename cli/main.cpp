// weir: one command, a subcommand for each job.
#include <fmt/format.h>

#include <clocale>
#include <cstdio>
#include <ctime>

#include "commands.h"
#include "stop_signal.h"
#include "weir/version.h"

namespace {

using weir::cli::ExitCode;

void print_usage(std::FILE* to) {
  fmt::print(to, "usage: weir COMMAND [OPTIONS] FILE... [FILTER]\n\n");
  for (const auto& command : weir::cli::commands()) {
    fmt::print(to, "  {:8}{}\n", command.name, command.summary);
  }
  fmt::print(to,
             "\nexamples:\n"
             "  weir flows trace.pcap                the conversations, largest first\n"
             "  weir read trace.pcap tcp port 443    one line a packet, as tcpdump prints them\n"
             "  weir info trace.pcap --protocols     what is in it\n\n"
             "weir COMMAND --help shows a command's options; man weir tells more.\n");
}

void print_version() { fmt::print("weir {}\n{}\n", weir::version, weir::cli::features()); }

}  // namespace

int main(int argc, char** argv) {
  tzset();
  weir::cli::handle_stop_signals();
  if (argc < 2) {
    print_usage(stderr);
    return static_cast<int>(ExitCode::usage);
  }
  const std::string name = argv[1];
  if (name == "-h" || name == "--help" || name == "help") {
    print_usage(stdout);
    return 0;
  }
  if (name == "--version") {
    print_version();
    return 0;
  }
  const weir::cli::Words words{argv + 2, argv + argc};
  for (const auto& command : weir::cli::commands()) {
    if (name != command.name) continue;
    try {
      return static_cast<int>(command.run(words));
    } catch (...) {
      return static_cast<int>(
          weir::cli::report_exception(weir::cli::error_style(words), std::string{}));
    }
  }
  fmt::print(stderr, "weir: unknown command '{}'\n\n", name);
  print_usage(stderr);
  return static_cast<int>(ExitCode::usage);
}
