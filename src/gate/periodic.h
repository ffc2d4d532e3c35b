// Does something again and again, in a thread of its own.
#pragma once

#include <functional>

#include "gate/thread.h"
#include "sys/wake_up.h"

namespace weir::gate {

class Periodic {
 public:
  /// `body` must not throw. Throws SystemError.
  Periodic(int milliseconds, std::function<void()> body)
      : thread_{[this, milliseconds, body = std::move(body)] {
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
