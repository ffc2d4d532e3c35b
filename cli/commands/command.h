// What every subcommand is, and how its options are parsed.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// The words behind the subcommand's name, as the shell gave them.
using Words = std::vector<std::string>;

struct Command {
  const char* name;
  const char* summary;
  /// May throw anything report_exception() knows.
  ExitCode (*run)(const Words& words);
};

/// Parses options; the words that are no options come back in order, untouched. Throws UsageError,
/// and HelpShown after showing the help that was asked for.
[[nodiscard]] std::vector<std::string> parse_options(CLI::App& app, const Words& words);

/// How errors are told, before the options are parsed.
[[nodiscard]] ErrorStyle error_style(const Words& words) noexcept;

}  // namespace weir::cli
