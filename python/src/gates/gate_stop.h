// The end of a gate, which waits for packets that Python may have: in a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>

#include "gates/gate_handlers.h"
#include "weir/gate/gate.h"

namespace weir::python {

/// A gate and whom it calls.
struct RunningGate {
  std::shared_ptr<GateHandlers> handlers;
  std::shared_ptr<gate::Gate> gate;
};

/// A stop() that is under way. By any thread.
class GateStop {
 public:
  /// Begins it; returns at once. Throws SystemError.
  [[nodiscard]] static std::shared_ptr<GateStop> begin(const RunningGate& running);

  /// Whether it is over; waits for that at most so long, without the GIL.
  [[nodiscard]] bool wait(std::chrono::steady_clock::duration most);
  /// What stop() threw, once it is over; null if nothing.
  [[nodiscard]] std::exception_ptr error();

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool is_over_ = false;
  std::exception_ptr error_{};
};

}  // namespace weir::python
