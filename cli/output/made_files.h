// Which names may be files that a series has made: for whoever must not trust who says so.
#pragma once

#include <sys/types.h>

#include <ctime>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace weir::cli {

/// Looks at the output directory before the series begins and then tells its files from all others.
class MadeFiles {
 public:
  /// `path` is that of the series, with conversions of strftime(3) in it or without. Throws
  /// SystemError where the directory cannot be opened.
  explicit MadeFiles(const std::string& path);
  MadeFiles(const MadeFiles&) = delete;
  MadeFiles& operator=(const MadeFiles&) = delete;
  ~MadeFiles();

  /// The path to give to a command, never one it takes for an option. Nothing unless it is in or
  /// below the directory, named as the series names its files, and a regular file that was made
  /// since, reached by no symbolic link; or one that somebody has taken away again.
  [[nodiscard]] std::optional<std::string> path_of(std::string_view name) const;

 private:
  [[nodiscard]] bool is_of_series(std::string_view rest) const;
  [[nodiscard]] bool was_made(const std::string& rest) const noexcept;
  void look_at_files();

  std::string folder_;  // with a '/' at the end, or empty
  std::string stem_;
  std::string ending_;
  int directory_;
  timespec began_{};
  std::set<ino_t> earlier_;
};

}  // namespace weir::cli
