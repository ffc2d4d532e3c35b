// A line of progress on standard error while files are read, if that is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace weir::cli {

/// Shows share read, rate and time left, four times a second. Silent when standard error is no
/// terminal.
class Progress {
 public:
  /// Also silent unless it `is_wanted`.
  explicit Progress(bool is_wanted = true);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  /// The run begins: what has passed until now is not counted.
  void start();
  /// A new file begins; `size` in bytes, 0 if unknown (a pipe, a compressed file).
  void begin(const std::string& path, std::uint64_t size);
  /// `bytes` of the file and `packets` in all have been read. Cheap: looks at the clock only.
  void update(std::uint64_t bytes, std::uint64_t packets);
  /// Removes the line, so that something else can be printed.
  void clear();

  /// Since start().
  [[nodiscard]] std::chrono::duration<double> elapsed() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool shown_;
  bool drawn_ = false;
  std::string path_;
  std::uint64_t size_ = 0;
  Clock::time_point started_ = Clock::now();
  Clock::time_point file_started_ = started_;
  Clock::time_point due_ = started_ + std::chrono::milliseconds{250};
};

}  // namespace weir::cli
