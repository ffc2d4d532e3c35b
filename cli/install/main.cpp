// weir-install: installs the drivers of gates for products, and says which are.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include "cli/install/install_commands.h"
#include "cli/note.h"
#include "cli/output/standard_descriptors.h"
#include "cli/output/standard_output.h"
#include "weir/nearest.h"
#include "weir/version.h"

namespace weir::cli {
namespace {

constexpr std::array table{
    Command{"install", "install a driver for a product, or upgrade it", run_install},
    Command{"uninstall", "remove versions of a product's driver", run_uninstall},
    Command{"status", "whether a product is installed, and runs", run_status},
    Command{"version", "the version of a product's driver", run_version},
    Command{"list", "all products that are installed", run_list},
    Command{"bundle", "write the built-in driver into a file to install from", run_bundle},
};

std::string usage() {
  std::string text = "usage: weir-install COMMAND [OPTIONS] [CAB] [GUID]\n\n";
  for (const Command& command : install_commands()) {
    text += fmt::format("  {:10}{}\n", command.name, command.summary);
  }
  return text +
         "\nweir-install COMMAND --help shows a command's options; man weir-install tells more.\n";
}

std::string unknown_command(const std::string& name) {
  std::vector<std::string> known{"help", "--help", "--version"};
  for (const Command& command : install_commands()) known.emplace_back(command.name);
  const std::string meant = nearest(name, known);
  return "unknown command " + name +
         (meant.empty() ? "; weir-install --help lists them"
                        : did_you_mean("weir-install " + meant));
}

const Command* command_of(const std::string& name) {
  const auto found = std::ranges::find(table, name, &Command::name);
  return found == table.end() ? nullptr : &*found;
}

ExitCode run(const std::string& name, const Words& words) {
  if (const Command* const command = command_of(name)) return command->run(words);
  if (name == "help" && !words.empty()) {
    if (const Command* const command = command_of(words.front())) return command->run({"--help"});
    throw UsageError{unknown_command(words.front())};
  }
  if (name == "-h" || name == "--help" || name == "help") {
    write_standard_output(usage());
  } else if (name == "--version") {
    write_standard_output(fmt::format("weir-install {}\n", version));
  } else {
    throw UsageError{unknown_command(name)};
  }
  return ExitCode::done;
}

}  // namespace

std::span<const Command> install_commands() noexcept { return table; }

}  // namespace weir::cli

int main(int argc, char** argv) {
  using namespace weir::cli;  // NOLINT(google-build-using-namespace): this is its program
  program_name = "weir-install";
  const Words words{argv + (argc < 2 ? argc : 2), argv + argc};
  try {
    hold_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
      std::fputs(usage().c_str(), stderr);
      return static_cast<int>(ExitCode::usage);
    }
    return static_cast<int>(run(argv[1], words));
  } catch (...) {
    return static_cast<int>(report_exception(error_style(words), std::string{}));
  }
}
