// The help of a subcommand: short for -h, complete for --help.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace weir::cli {

/// What the command does, its usage and examples.
[[nodiscard]] std::string short_help(const CLI::App& app);

/// The same with every option, in lines of at most 80 characters.
[[nodiscard]] std::string full_help(const CLI::App& app);

}  // namespace weir::cli
