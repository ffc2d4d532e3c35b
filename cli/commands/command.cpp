// CLI11 behind parse_options().
#include "cli/commands/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/commands/help.h"
#include "cli/commands/parse_problem.h"
#include "cli/output/standard_output.h"

namespace weir::cli {
namespace {

/// CLI11 would take the next word in place of what is missing behind the '='.
void check_assignments(const Words& words) {
  for (const std::string& word : words) {
    if (word == "--") return;
    if (word.starts_with("--") && word.find('=') == word.size() - 1) {
      throw UsageError{word + ": an empty value"};
    }
  }
}

/// An empty value is a mistake, of a script say, and must not mean that the option was not given.
void check_values(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (std::ranges::count(option->results(), std::string{}) == 0) continue;
    throw UsageError{option->get_name(false, true) + ": an empty value"};
  }
}

}  // namespace

std::vector<std::string> parse_options(CLI::App& app, const Words& words) {
  app.allow_extras();
  app.set_help_flag("-h", "what the command does, with examples");
  app.set_help_all_flag("--help", "this help");
  check_assignments(words);
  // CLI11 takes options from the back.
  std::vector<std::string> reversed{words.rbegin(), words.rend()};
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    write_standard_output(short_help(app));
    throw HelpShown{};
  } catch (const CLI::CallForAllHelp&) {
    write_standard_output(full_help(app));
    throw HelpShown{};
  } catch (const CLI::ParseError& error) {
    throw UsageError{problem_of(error, app, words)};
  }
  check_values(app);
  std::vector<std::string> rest = app.remaining();
  const auto bad = std::find_if(rest.begin(), rest.end(), [](const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word != "--" && word != "-";
  });
  if (bad != rest.end() && std::find(rest.begin(), bad, "--") == bad) {
    throw UsageError{unknown_option(*bad, app, words)};
  }
  return rest;
}

ErrorStyle error_style(const Words& words) noexcept {
  for (const std::string& word : words) {
    if (word == "--") break;
    if (word == "--json") return ErrorStyle::json;
  }
  return ErrorStyle::text;
}

}  // namespace weir::cli
