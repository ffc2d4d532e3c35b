// One process told from its children.
#pragma once

#include <pthread.h>

#include <atomic>

namespace weir::compat {

/// The process that has made this.
class Process {
 public:
  Process() noexcept : generation_{generation()} {
    [[maybe_unused]] static const int is_registered =
        ::pthread_atfork(nullptr, nullptr, [] { ++generation(); });
  }
  /// False in a child made later: fork(2).
  [[nodiscard]] bool is_this() const noexcept { return generation() == generation_; }

 private:
  /// How many forks are between the first process and this one.
  static std::atomic<unsigned>& generation() noexcept {
    static constinit std::atomic<unsigned> forks = 0;
    return forks;
  }
  unsigned generation_;
};

}  // namespace weir::compat
