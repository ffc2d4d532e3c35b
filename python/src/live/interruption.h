// Signals, whose handlers are Python's, looked at by what works without the GIL.
#pragma once

#include <pybind11/pybind11.h>

#include <chrono>

#include "object.h"

namespace weir::python {

/// Whether a handler has thrown: an exception is set then. Looked at in time for people, not each
/// time it is asked. One thread at a time.
class Interruption {
 public:
  [[nodiscard]] bool operator()() noexcept {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_look_) return false;
    next_look_ = now + signal_period;
    const WithGil with;
    return PyErr_Occurred() != nullptr || PyErr_CheckSignals() < 0;
  }

 private:
  std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace weir::python
