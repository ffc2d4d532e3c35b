// Lays out the help of a subcommand.
#include "cli/commands/help.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string_view>

namespace weir::cli {
namespace {

constexpr std::size_t line_width = 80;
constexpr std::size_t text_column = 26;

std::string heading(const CLI::App& app) {
  return fmt::format("usage: {}\n\n{}\n", app.get_name(), app.get_description());
}

/// "-r, --read FILE".
std::string words_of(const CLI::Option& option) {
  std::string text;
  for (const std::string& name : option.get_snames()) {
    text += (text.empty() ? "-" : ", -") + name;
  }
  for (const std::string& name : option.get_lnames()) {
    text += (text.empty() ? "--" : ", --") + name;
  }
  if (option.get_items_expected_max() > 0) text += ' ' + option.get_type_name();
  return text;
}

/// `text` behind `words`, broken at blanks, each line from the same column on.
std::string entry(const std::string& words, std::string_view text) {
  std::string out = "  " + words;
  if (out.size() + 2 > text_column) {
    out += '\n';
    out.append(text_column, ' ');
  } else {
    out.append(text_column - out.size(), ' ');
  }
  constexpr std::size_t room = line_width - text_column;
  while (text.size() > room) {
    const std::size_t blank = text.rfind(' ', room);
    if (blank == std::string_view::npos) break;
    out += std::string{text.substr(0, blank)} + '\n';
    out.append(text_column, ' ');
    text.remove_prefix(blank + 1);
  }
  return out + std::string{text} + '\n';
}

}  // namespace

std::string short_help(const CLI::App& app) {
  const std::string& name = app.get_name();
  const std::string command = name.substr(0, name.find(" ["));
  return fmt::format("{}\n{}\n\n{} --help lists every option.\n", heading(app), app.get_footer(),
                     command);
}

std::string full_help(const CLI::App& app) {
  std::string text = heading(app);
  for (const std::string& group : app.get_groups()) {
    text += '\n' + group + ":\n";
    for (const CLI::Option* option : app.get_options(
             [&](const CLI::Option* candidate) { return candidate->get_group() == group; })) {
      text += entry(words_of(*option), option->get_description());
    }
  }
  return text + '\n' + app.get_footer() + '\n';
}

}  // namespace weir::cli
