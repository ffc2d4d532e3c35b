// The thread that waits for the rings: it decides about packets and does side work, or has workers
// do both.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

#include "gate/handling.h"
#include "gate/held/hold_table.h"
#include "gate/intake.h"
#include "gate/judge.h"
#include "gate/kernel/maps.h"
#include "gate/side_work.h"
#include "gate/thread.h"
#include "gate/worker_hooks.h"
#include "gate/worker_pool.h"
#include "sys/wake_up.h"

namespace weir::gate {

class Reader {
 public:
  /// All of these outlive it. Throws SystemError; Error where no worker may be used.
  Reader(const Workers& options, Handling& handling, Maps& maps, HoldTable& table);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  /// Has a worker call it. False, and it never is, once it is closed.
  bool call(std::function<void()> call);
  /// Takes no more calls, and returns when all that were are made.
  void close();
  /// Returns when all that was in the rings has been through the handlers.
  void drain();
  /// The clock's: decides about what has waited in the ring since before `deadline`
  /// (Record::when) while this thread is busy.
  void relieve(std::uint64_t deadline) noexcept;

 private:
  void run(Lane& lane) noexcept;
  [[nodiscard]] bool may_run() noexcept;
  /// False at the end.
  [[nodiscard]] bool wait() noexcept;
  [[nodiscard]] bool read_held(Judge& judge, Lane& lane) noexcept;
  /// False if this thread has done none.
  [[nodiscard]] bool do_side_work() noexcept;
  /// Whether a worker is at it, who comes to all there is.
  [[nodiscard]] bool is_pool_at_side_work() const noexcept {
    return pool_ != nullptr && pool_->is_at_side_work();
  }

  Handling& handling_;
  Maps& maps_;
  HoldTable& table_;
  WorkerHooks hooks_;
  /// Of the clock.
  Lane& relief_;
  Intake held_;
  SideWork side_work_;
  sys::WakeUp end_{};
  /// There are calls, or the pool has come to the end of side work.
  sys::WakeUp beside_{};
  /// Packets come so fast that falling asleep takes longer than waiting.
  bool is_hasty_ = false;
  /// Null where this thread is the only worker.
  std::unique_ptr<WorkerPool> pool_{};
  enum class State : std::uint8_t { starting, running, refused };
  std::mutex mutex_{};
  std::condition_variable started_{};
  State state_ = State::starting;
  std::unique_ptr<Thread> thread_{};
};

}  // namespace weir::gate
