// The end of a gate, which waits for packets that Python may have: in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

namespace weir::python {

/// A stop() that is under way. By any thread.
class GateStop {
 public:
  /// Begins it; returns at once. What `stop` has is let go in its thread, before it is over. Throws
  /// SystemError.
  [[nodiscard]] static std::shared_ptr<GateStop> begin(std::function<void()> stop);

  /// Whether it is over; waits for that at most so long, without the GIL.
  [[nodiscard]] bool wait(std::chrono::steady_clock::duration most);
  /// What it threw, once it is over; null if nothing.
  [[nodiscard]] std::exception_ptr error();

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool is_over_ = false;
  std::exception_ptr error_{};
};

}  // namespace weir::python
