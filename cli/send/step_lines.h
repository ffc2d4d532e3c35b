// The lines that --step has packets wait for.
#pragma once

namespace weir::cli {

/// Reads standard input, or the terminal where standard input is a capture.
class StepLines {
 public:
  /// Throws SystemError where there is no terminal.
  explicit StepLines(bool of_terminal);
  StepLines(const StepLines&) = delete;
  StepLines& operator=(const StepLines&) = delete;
  ~StepLines();

  /// Waits for one; false at the end of them, and for a signal that ends the command.
  [[nodiscard]] bool take() noexcept;

 private:
  int from_;
};

}  // namespace weir::cli
