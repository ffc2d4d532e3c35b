// The source that is read now, for a stop() that may come from anywhere while sources change.
#pragma once

#include <atomic>
#include <thread>

#include "weir/savefile/source.h"

namespace weir::savefile {

/// One thread sets it; any other, and signal handlers, may stop it.
class CurrentSource {
 public:
  /// Null before the one that was set goes away: returns once no stop() uses that any more.
  void set(Source* source) noexcept {
    source_.store(source);
    while (source == nullptr && users_.load() != 0) std::this_thread::yield();
  }

  [[nodiscard]] bool is_stopped() const noexcept { return is_stopped_.load(); }

  /// Stops the one that is set, and all to come.
  void stop() noexcept {
    is_stopped_.store(true);
    users_.fetch_add(1);
    if (Source* const source = source_.load()) source->stop();
    users_.fetch_sub(1);
  }

 private:
  std::atomic<Source*> source_ = nullptr;
  std::atomic<int> users_ = 0;
  std::atomic<bool> is_stopped_ = false;
};

}  // namespace weir::savefile
