// The subcommands of weir-install: one table, one function each.
#pragma once

#include <span>

#include "cli/commands/command.h"

namespace weir::cli {

[[nodiscard]] std::span<const Command> install_commands() noexcept;

ExitCode run_bundle(const Words& words);
ExitCode run_install(const Words& words);
ExitCode run_list(const Words& words);
ExitCode run_status(const Words& words);
ExitCode run_uninstall(const Words& words);
ExitCode run_version(const Words& words);

}  // namespace weir::cli
