// What is wrong with the options of a command line, in our words.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace weir::cli {

/// Why CLI11 refuses the words. `app` has parsed as far as that went.
[[nodiscard]] std::string problem_of(const CLI::ParseError& error, const CLI::App& app,
                                     const std::vector<std::string>& words);

/// About a word that looks like an option and is none.
[[nodiscard]] std::string unknown_option(const std::string& word, const CLI::App& app,
                                         const std::vector<std::string>& words);

}  // namespace weir::cli
