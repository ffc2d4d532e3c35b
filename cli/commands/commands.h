// The subcommands: one table, one function each.
#pragma once

#include <span>
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

[[nodiscard]] std::span<const Command> commands() noexcept;

/// What this build can do, one line each, for --version.
[[nodiscard]] std::string features();

ExitCode run_adapters(const Words& words);
ExitCode run_capture(const Words& words);
ExitCode run_doctor(const Words& words);
ExitCode run_filter(const Words& words);
ExitCode run_flows(const Words& words);
ExitCode run_gate(const Words& words);
ExitCode run_info(const Words& words);
ExitCode run_read(const Words& words);
ExitCode run_send(const Words& words);
ExitCode run_stats(const Words& words);

/// Parses options; the words that are no options come back in order, untouched. Throws UsageError,
/// and HelpShown after showing the help that was asked for.
[[nodiscard]] std::vector<std::string> parse_options(CLI::App& app, const Words& words);

/// How errors are told, before the options are parsed.
[[nodiscard]] ErrorStyle error_style(const Words& words) noexcept;

}  // namespace weir::cli
