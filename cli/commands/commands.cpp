// The table of subcommands and the parsing they share.
#include "cli/commands/commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "cli/commands/help.h"
#include "cli/commands/parse_problem.h"
#include "cli/output/standard_output.h"
#include "weir/bpf/jit.h"

namespace weir::cli {
namespace {

constexpr std::array table{
    Command{"adapters", "what can be captured on here, and what happens to it", run_adapters},
    Command{"capture", "show live packets, or write them to a capture file", run_capture},
    Command{"doctor", "what stands in the way of a capture here, and the remedy", run_doctor},
    Command{"filter", "what a filter compiles to, counts, and which term decided", run_filter},
    Command{"flows", "rebuild conversations from captures, show and store them", run_flows},
#ifdef WEIR_WITH_GATE
    Command{"gate", "drop, change, delay and log packets on their way, by rules", run_gate},
#endif
    Command{"info", "what capture files hold", run_info},
    Command{"read", "print the packets of capture files", run_read},
    Command{"send", "replay captures on an adapter, in time, changed on the way", run_send},
    Command{"stats", "count the packets of adapters, interval by interval", run_stats},
};

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

std::span<const Command> commands() noexcept { return table; }

std::string features() {
  std::string text = "reads: pcap, pcapng, gzip, zstd, lz4, xz\nfilter engines: ";
  if (bpf::Jit::supported()) text += "jit (x86-64), ";
  text += "interpreter, libpcap\nstores: ";
#ifdef WEIR_WITH_SQLITE
  text += "SQLite";
#else
  text += "none";
#endif
  text += "\ngate: ";
#ifdef WEIR_WITH_GATE
  text += "yes";
#else
  text += "no";
#endif
  return text;
}

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
