// A thread with a stack of a size that was asked for, deaf to signals.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace weir::gate {

class Thread {
 public:
  /// `stack_size` in bytes, rounded up to what the system takes; 0 for its own choice. Throws
  /// SystemError.
  explicit Thread(std::function<void()> body, std::size_t stack_size = 0);
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  /// Waits for its end.
  ~Thread();

 private:
  std::unique_ptr<std::function<void()>> body_;
  pthread_t thread_{};
};

/// The calling thread runs before all that share the processors fairly, from now on: for one that
/// does little, and must not wait on a busy machine. False where it may not (CAP_SYS_NICE or
/// RLIMIT_RTPRIO): it stays as it was.
bool run_in_real_time() noexcept;

}  // namespace weir::gate
