// The input group of options: which files, which filter. One rule for every command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/files/time_window.h"
#include "cli/filter/filter_options.h"
#include "weir/savefile/input_file.h"
#include "weir/savefile/reader.h"

namespace CLI {
class App;
}

namespace weir::cli {

/// What the words of a command line name, before anything is opened.
struct Input {
  /// Paths in the order given; "-" is standard input; directories not yet expanded.
  std::vector<std::string> files{};
  /// Empty: no filter.
  std::string filter{};
  /// The word that began the filter, where it may be a mistyped file; otherwise empty.
  std::string doubtful_word{};
  /// All files as one, ordered by time.
  bool merge = false;
  WantedTimes times{};
};

/// Declares -r, -F and what else is about reading captures.
class InputOptions {
 public:
  void declare(CLI::App& app);

  /// Sorts the words into files and filter. The first word is a file; later ones are files while
  /// they exist and contain '.' or '/', or are "-"; the first that is not begins the filter. With
  /// -r every word belongs to the filter; "--" ends the files, but the first word stays one. Throws
  /// UsageError, or SystemError if the filter file cannot be read.
  [[nodiscard]] Input resolve(const std::vector<std::string>& words) const;

  /// For commands whose first word is the filter and whose other words are files, none of which is
  /// needed; with -F all are files. Throws UsageError, or SystemError if the filter file cannot be
  /// read.
  [[nodiscard]] Input resolve_filter_first(const std::vector<std::string>& words) const;

  /// As FilterOptions.
  [[nodiscard]] filter::FilterOptions filter() const { return filter_.filter(); }
  /// Where no file is read and all words are the filter.
  [[nodiscard]] std::string filter_text(const std::vector<std::string>& words) const {
    return filter_.text(words);
  }

  [[nodiscard]] savefile::ReaderOptions reader() const noexcept {
    return {.skip_damaged = skip_damaged_, .follow = follow_};
  }

  /// Whether the file is one that grows.
  [[nodiscard]] bool follows() const noexcept { return follow_; }

  /// What else decides which packets of the files are read, in which order; empty if nothing does.
  [[nodiscard]] std::string text() const;

 private:
  void choose_packets(Input& input) const;

  std::vector<std::string> read_files_;
  FilterOptions filter_;
  bool skip_damaged_ = false;
  bool merge_ = false;
  bool follow_ = false;
  std::string since_;
  std::string until_;
};

using savefile::expand;
using savefile::InputFile;

}  // namespace weir::cli
