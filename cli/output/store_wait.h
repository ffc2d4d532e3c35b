// How long the command waits for a flow database, and how that is told.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "weir/stores/database_run.h"

namespace weir::cli {

/// Input that can wait is kept waiting as long as it takes. Once a stop was asked for, a busy
/// database has 15 s; a full disk has 5 s once there is no more input either.
class StoreWait {
 public:
  StoreWait(std::string name, ErrorStyle errors) : name_{std::move(name)}, errors_{errors} {}

  /// What an attempt to write met. Tells it, once, when that goes on for 2 s; then its end, too.
  void note(stores::Obstacle obstacle);
  /// Notes it, then sleeps a little. False: no longer.
  bool wait(stores::Obstacle obstacle);
  void end_input() noexcept { has_input_ = false; }

 private:
  using Clock = std::chrono::steady_clock;

  std::string name_;
  ErrorStyle errors_;
  bool has_input_ = true;
  stores::Obstacle obstacle_ = stores::Obstacle::none;
  Clock::time_point since_{};
  bool is_told_ = false;
  /// Since when waiting has an end.
  std::optional<Clock::time_point> hurries_since_{};
};

/// "in use by another process"; empty for none.
[[nodiscard]] const char* words(stores::Obstacle obstacle) noexcept;

}  // namespace weir::cli
