// The worker that calls handlers while no gate runs.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "compat/net_filter/events.h"
#include "compat/net_filter/worker_thread.h"

namespace weir::compat::net_filter {

/// A thread that is made at need, and tells so (on_worker_thread_creation). Any thread.
class IdleWorker {
 public:
  using Around = std::function<std::shared_ptr<void>()>;
  /// What waits at most.
  static constexpr std::size_t most_waiting = 1'024;

  /// `events` outlive it.
  explicit IdleWorker(Events& events) noexcept : events_{events} {}
  IdleWorker(const IdleWorker&) = delete;
  IdleWorker& operator=(const IdleWorker&) = delete;
  /// What waits is lost.
  ~IdleWorker();

  /// Has it called, one after another; where on_worker_thread_creation refuses the thread, once one
  /// may be used. False if too many wait. Throws NetFilterError (31) where no thread can be
  /// started; what was to be called waits for the next.
  bool call(std::function<void()> work);
  /// Ends its thread behind what waits; what comes then waits until wake().
  void rest();
  void wake();
  /// What waits while it rests, for another to call.
  [[nodiscard]] std::deque<std::function<void()>> take();
  void set_around(Around around);
  /// Of threads that are made from then on; 0 for the system's.
  void set_stack_size(std::size_t bytes);

 private:
  void begin();
  void run() noexcept;

  Events& events_;
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::deque<std::function<void()>> waiting_{};
  Around around_{};
  std::size_t stack_size_ = 0;
  bool is_resting_ = false;
  /// While it rests: what its thread still comes to, of what waits.
  std::size_t left_ = 0;
  /// The thread there is was not to be used, and has ended or is about to.
  bool was_refused_ = false;
  WorkerThread thread_{};
};

}  // namespace weir::compat::net_filter
