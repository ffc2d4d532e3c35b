// Waits for moments that were fixed beforehand, to the microsecond.
#pragma once

#include <chrono>
#include <memory>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir::inject {

/// A clock that begins at 0, and waits for moments of it. Since moments are fixed, who is late once
/// is not late ever after. It sleeps until shortly before a moment and spins the rest. One thread
/// at a time, but stop() from anywhere, signal handlers included.
class WEIR_API Pacer {
 public:
  /// Throws SystemError if the kernel has no descriptor left.
  Pacer();
  Pacer(Pacer&&) noexcept;
  Pacer& operator=(Pacer&&) noexcept;
  ~Pacer();

  /// The clock is at 0 now.
  void start() noexcept;
  /// Since start(); of the monotonic clock, which nobody sets.
  [[nodiscard]] Duration now() const noexcept { return clock() - started_; }

  /// Until now() is `due` or more, or stop() was called; `interrupted` when a signal came.
  enum class Waited : std::uint8_t { due, stopped, interrupted };
  [[nodiscard]] Waited wait_until(Duration due) noexcept;

  /// Ends waits, now and later.
  void stop() noexcept;
  [[nodiscard]] bool is_stopped() const noexcept;

 private:
  [[nodiscard]] static Duration clock() noexcept {
    return std::chrono::steady_clock::now().time_since_epoch();
  }

  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
  Duration started_{};
};

}  // namespace weir::inject
