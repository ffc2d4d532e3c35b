// A thread with a stack of a size that was asked for: std::thread knows none.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace weir::compat::net_filter {

/// As std::thread, but for signals: they are for threads of the application.
class WorkerThread {
 public:
  WorkerThread() = default;
  /// `stack_size` in bytes; 0 for the system's. Throws NetFilterError (31).
  WorkerThread(std::function<void()> body, std::size_t stack_size);
  WorkerThread(WorkerThread&& other) noexcept
      : body_{std::move(other.body_)}, thread_{other.thread_} {}
  WorkerThread& operator=(WorkerThread&& other) noexcept {
    std::swap(body_, other.body_);
    std::swap(thread_, other.thread_);
    return *this;
  }
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;
  /// Joined before.
  ~WorkerThread() = default;

  [[nodiscard]] bool joinable() const noexcept { return body_ != nullptr; }
  void join() noexcept;

 private:
  /// Null where there is none.
  std::unique_ptr<std::function<void()>> body_{};
  pthread_t thread_{};
};

}  // namespace weir::compat::net_filter
