// The thread that takes packets out of the rings: it decides about them, or has workers do it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "gate/handling.h"
#include "gate/held/hold_table.h"
#include "gate/intake.h"
#include "gate/judge.h"
#include "gate/kernel/maps.h"
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

  /// Returns when all that was in the rings has been through the handlers.
  void drain();
  /// The clock's: decides about what has waited in the ring since before `deadline`
  /// (Record::when) while this thread is busy.
  void relieve(std::uint64_t deadline, bool passes) noexcept;

 private:
  void run(Lane& lane) noexcept;
  [[nodiscard]] bool may_run() noexcept;
  /// False at the end.
  [[nodiscard]] bool wait() noexcept;
  [[nodiscard]] bool read_held(Judge& judge, Lane& lane) noexcept;
  [[nodiscard]] bool read_notices(Judge& judge) noexcept;

  Handling& handling_;
  Maps& maps_;
  HoldTable& table_;
  WorkerHooks hooks_;
  /// Of the clock.
  Lane& relief_;
  Intake held_;
  Intake notices_;
  sys::WakeUp end_{};
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
