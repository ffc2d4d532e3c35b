// --confirm: new rules stay only if somebody who can still reach the machine says so.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "weir/gate/rule.h"
#include "weir/packet.h"

namespace weir::cli {

/// Waits for a line on standard input.
class Confirmation {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Confirmation(Duration patience) noexcept : patience_{patience} {}

  /// These rules are in force from now on, and are to be confirmed.
  void begin(std::vector<gate::Rule> rules);
  /// What to wait for: STDIN_FILENO while it matters, otherwise -1.
  [[nodiscard]] int descriptor() const noexcept;
  /// There is something to be read, or standard input has ended: true if it was a line.
  bool read();

  /// Until when; nothing if there is nothing to be confirmed.
  [[nodiscard]] std::optional<Clock::time_point> deadline() const noexcept { return deadline_; }
  /// It has passed: what was confirmed last, to be in force again; nothing if none ever was.
  [[nodiscard]] std::optional<std::vector<gate::Rule>> roll_back();

 private:
  Duration patience_;
  std::optional<Clock::time_point> deadline_{};
  std::vector<gate::Rule> asked_{};
  std::optional<std::vector<gate::Rule>> confirmed_{};
  /// Nothing more can come.
  bool is_over_ = false;
};

}  // namespace weir::cli
