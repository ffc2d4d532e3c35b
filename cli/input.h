// The input group of options: which files, which filter. One rule for every command.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace weir::cli {

/// What the words of a command line name, before anything is opened.
struct Input {
  /// Paths in the order given; "-" is standard input; directories not yet expanded.
  std::vector<std::string> files;
  /// Empty: no filter.
  std::string filter;
};

/// Declares -r, -F and the positional words.
class InputOptions {
 public:
  void declare(CLI::App& app);

  /// Sorts the words into files and filter. The first word is a file; later ones are files while
  /// they exist and contain '.' or '/', or are "-"; the first that is not begins the filter. With
  /// -r every word belongs to the filter; "--" ends the files. Throws UsageError, or SystemError if
  /// the filter file cannot be read.
  [[nodiscard]] Input resolve(const std::vector<std::string>& words) const;

  /// Host names in filters are looked up unless --no-names.
  [[nodiscard]] bool allow_names() const noexcept { return !no_names_; }

 private:
  std::vector<std::string> read_files_;
  std::string filter_file_;
  bool no_names_ = false;
};

/// One file to read.
struct InputFile {
  std::string path;
  /// Found in a directory: if it is no capture it is skipped and counted, not an error.
  bool from_directory = false;
};

/// Replaces directories by the files below them, in byte order of path. Throws SystemError for a
/// directory that cannot be read.
[[nodiscard]] std::vector<InputFile> expand(const std::vector<std::string>& files);

}  // namespace weir::cli
