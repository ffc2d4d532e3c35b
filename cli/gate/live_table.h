// A table on the terminal that is drawn over itself.
#pragma once

#include <cstddef>
#include <string>

namespace weir::cli {

/// On standard error where that is a terminal, otherwise nowhere.
class LiveTable {
 public:
  LiveTable();
  LiveTable(const LiveTable&) = delete;
  LiveTable& operator=(const LiveTable&) = delete;
  ~LiveTable() { clear(); }

  [[nodiscard]] bool is_shown() const noexcept { return is_shown_; }
  /// Columns; lines must not be longer.
  [[nodiscard]] std::size_t width() const noexcept;
  /// Whole lines, as many as the terminal has room for.
  void show(const std::string& lines);
  /// Before anything else is written.
  void clear();

 private:
  bool is_shown_;
  std::size_t drawn_ = 0;
};

}  // namespace weir::cli
