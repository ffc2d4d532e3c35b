// Declares the options and reads filter files.
#include "cli/filter/filter_options.h"

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "cli/exit_code.h"
#include "weir/error.h"

namespace weir::cli {
namespace {

std::string join(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

/// Why -F cannot be.
std::string filter_twice(const std::string& doubtful_word) {
  if (!doubtful_word.empty())
    return "no such file, and -F already gives a filter: " + doubtful_word;
  return "-F: there is already a filter on the command line";
}

/// What stands in a filter file; from '#' to the end of a line is a comment. One byte more than a
/// filter may have is enough to see that it is too long.
std::string read_filter_file(const std::string& path) {
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file{std::fopen(path.c_str(), "rbe")};
  if (!file) throw SystemError{errno, "open filter file " + path};
  std::string text(filter::max_expression + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) throw SystemError{errno, "read filter file " + path};
  bool in_comment = false;
  for (char& c : text) {
    in_comment = c != '\n' && (in_comment || c == '#');
    if (in_comment) c = ' ';
  }
  return text;
}

}  // namespace

void FilterOptions::declare(CLI::App& app) {
  app.add_option("-F,--filter-file", file_, "read the filter from this file")
      ->type_name("FILE")
      ->group("Input");
  app.add_flag("--no-names", no_names_, "do not look up host names in filters")->group("Input");
}

void FilterOptions::declare_engine(CLI::App& app) {
  app.add_option("--engine", engine_,
                 "what runs the filter: jit, interpreter, libpcap or best (the default)")
      ->type_name("ENGINE")
      ->group("Input");
}

std::string FilterOptions::text(std::span<const std::string> words,
                                const std::string& doubtful_word) const {
  std::string given = join(words);
  if (file_.empty()) return given;
  if (!given.empty()) throw UsageError{filter_twice(doubtful_word)};
  return read_filter_file(file_);
}

filter::FilterOptions FilterOptions::filter() const {
  filter::FilterOptions options{.allow_names = !no_names_, .may_reject_all = false};
  if (engine_ == name(options.engine)) return options;
  for (const NamedEngine& named : named_engines) {
    options.engine = named.engine;
    options.interpreter = named.interpreter;
    if (engine_ == named.name) return options;
  }
  throw UsageError{"--engine: jit, interpreter, libpcap or best, not " + engine_};
}

}  // namespace weir::cli
