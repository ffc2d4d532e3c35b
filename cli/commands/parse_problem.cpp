// Words what CLI11 found, which tells it by the type of its exception and the option's name.
#include "cli/commands/parse_problem.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>

#include "weir/nearest.h"

namespace weir::cli {
namespace {

using Words = std::vector<std::string>;

/// "--interface", or "-i" where it was given so.
std::string name_of(const CLI::Option& option, const Words& words) {
  for (const std::string& name : option.get_lnames()) {
    const auto is_it = [long_name = "--" + name](const std::string& word) {
      return word == long_name || word.starts_with(long_name + '=');
    };
    if (std::ranges::any_of(words, is_it)) return "--" + name;
  }
  if (!option.get_snames().empty()) return '-' + option.get_snames().front();
  return option.get_name(false, true);
}

/// The first option given of which `others` holds one that is `given`, or not, and that one.
template <class Others>
std::string between(const CLI::App& app, const Words& words, Others others, bool given,
                    const std::string& relation) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() == 0) continue;
    for (const CLI::Option* other : others(*option)) {
      if ((other->count() != 0) != given) continue;
      return name_of(*option, words) + relation + name_of(*other, words);
    }
  }
  return {};
}

/// CLI11's messages begin with the name of the option, or the sentence ends with it.
const CLI::Option* named_in(const std::string& message, const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string name = option->get_name();
    if (message.starts_with(name + ':') || message.starts_with(name + ' ')) return option;
  }
  return nullptr;
}

std::string about_values(const CLI::ParseError& error, const CLI::App& app, const Words& words) {
  const CLI::Option* const option = named_in(error.what(), app);
  if (option == nullptr) return error.what();
  const std::string name = name_of(*option, words);
  if (option->get_items_expected_max() == 0) return name + " takes no value";
  if (option->count() > 1) return name + ": given more than once";
  return name + ": a value is missing, " + option->get_type_name();
}

}  // namespace

std::string problem_of(const CLI::ParseError& error, const CLI::App& app, const Words& words) {
  const auto excluded = [](const CLI::Option& option) { return option.get_excludes(); };
  const auto needed = [](const CLI::Option& option) { return option.get_needs(); };
  std::string problem;
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    problem = between(app, words, excluded, true, ": not together with ");
  } else if (dynamic_cast<const CLI::RequiresError*>(&error) != nullptr) {
    problem = between(app, words, needed, false, ": only with ");
  }
  return problem.empty() ? about_values(error, app, words) : problem;
}

std::string unknown_option(const std::string& word, const CLI::App& app, const Words& words) {
  if (word.starts_with("-=")) {
    const auto given = std::ranges::find_if(words, [&](const std::string& candidate) {
      return candidate.starts_with('-') && candidate.ends_with(word.substr(1));
    });
    if (given != words.end()) return *given + ": this option takes no value";
  }
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    std::ranges::transform(option->get_lnames(), std::back_inserter(known),
                           [](const std::string& name) { return "--" + name; });
  }
  const std::string name = word.substr(0, word.find('='));
  const std::string meant = name.starts_with("--") ? nearest(name, known) : std::string{};
  return "unknown option " + word + did_you_mean(meant);
}

}  // namespace weir::cli
