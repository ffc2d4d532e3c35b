// The times of options: what they say in words, and the window that --since and --until mean.
#pragma once

#include <string>
#include <string_view>

#include "weir/savefile/time_window.h"

namespace weir::cli {

/// As savefile::parse_time(), but throws UsageError naming `option`.
[[nodiscard]] savefile::WindowEnd parse_time(std::string_view text, std::string_view option,
                                             bool is_later = false);

/// --since (inclusive) and --until (exclusive).
class WantedTimes {
 public:
  WantedTimes() = default;
  /// Of the options' texts; empty is no bound. Throws UsageError, also if nothing can be between
  /// them.
  WantedTimes(std::string since, std::string until);

  [[nodiscard]] savefile::TimeWindow window() const;
  [[nodiscard]] bool is_everything() const noexcept {
    return since_text_.empty() && until_text_.empty();
  }
  /// Throws UsageError if nothing can be in this window, which is theirs with what is known of it
  /// by now.
  void check(const savefile::TimeWindow& window) const;

  /// " since=... until=...": moments as nanoseconds, what depends on the capture as it was given;
  /// empty without bounds.
  [[nodiscard]] std::string text() const;

 private:
  std::string since_text_;
  std::string until_text_;
  savefile::WindowEnd since_ = savefile::TimeWindow::no_start;
  savefile::WindowEnd until_ = savefile::TimeWindow::no_end;
};

}  // namespace weir::cli
