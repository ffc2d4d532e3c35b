// Does something again and again, in a thread of its own.
#pragma once

#include <cstdint>
#include <functional>

#include "gate/thread.h"
#include "sys/wake_up.h"

namespace weir::gate {

class Periodic {
 public:
  enum class Pace : std::uint8_t { fair, real_time };

  /// `body` must not throw. In real time where the process may (run_in_real_time()). Throws
  /// SystemError.
  Periodic(int milliseconds, std::function<void()> body, Pace pace = Pace::fair)
      : thread_{[this, milliseconds, pace, body = std::move(body)] {
          if (pace == Pace::real_time) static_cast<void>(run_in_real_time());
          do {
            body();
          } while (sys::wait_woken(end_, milliseconds) != sys::Readable::woken);
        }} {}
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;
  /// Waits for the end of a call that is under way.
  ~Periodic() { end_.set(); }

 private:
  sys::WakeUp end_{};
  Thread thread_;
};

}  // namespace weir::gate
