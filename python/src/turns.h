// Calls of several threads one after another.
#pragma once

#include <atomic>

#include "object.h"

namespace weir::python {

/// A lock that threads get in the order in which they ask for it: none waits long because another
/// one takes it again and again. Not to be waited for with the GIL.
class Turns {
 public:
  void lock() noexcept {
    const unsigned mine = next_.fetch_add(1);
    for (unsigned now = current_; now != mine; now = current_) current_.wait(now);
  }
  /// False where another thread has it or waits for it.
  [[nodiscard]] bool try_lock() noexcept {
    unsigned now = current_;
    return next_.compare_exchange_strong(now, now + 1);
  }
  void unlock() noexcept {
    current_.fetch_add(1);
    current_.notify_all();
  }

 private:
  std::atomic<unsigned> next_{0};
  std::atomic<unsigned> current_{0};
};

/// The turn of this thread, which has the GIL. None waits for his turn with the GIL.
class Turn {
 public:
  explicit Turn(Turns& turns) noexcept : turns_{turns} {
    if (turns_.try_lock()) return;
    const WithoutGil without;
    turns_.lock();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { turns_.unlock(); }

 private:
  Turns& turns_;
};

}  // namespace weir::python
