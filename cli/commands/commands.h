// The subcommands: one table, one function each.
#pragma once

#include <span>
#include <string>

#include "cli/commands/command.h"

namespace weir::cli {

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

}  // namespace weir::cli
