// The thread knows nothing of Python, and may be left behind.
#include "gates/gate_stop.h"

#include <csignal>
#include <thread>
#include <utility>

#include "object.h"
#include "weir/error.h"

namespace weir::python {
namespace {

/// Signals are for the threads of the application.
class Deaf {
 public:
  Deaf() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  Deaf(const Deaf&) = delete;
  Deaf& operator=(const Deaf&) = delete;
  ~Deaf() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

std::shared_ptr<GateStop> GateStop::begin(std::function<void()> work) {
  auto stop = std::make_shared<GateStop>();
  const Deaf deaf;
  try {
    std::thread{[stop, work = std::move(work)]() mutable {
      std::exception_ptr error;
      try {
        work();
      } catch (...) {
        error = std::current_exception();
      }
      work = nullptr;
      const std::lock_guard lock{stop->mutex_};
      stop->error_ = std::move(error);
      stop->is_over_ = true;
      stop->changed_.notify_all();
    }}.detach();
  } catch (const std::system_error& error) {
    throw SystemError{error.code().value(), "start a thread that stops the gate"};
  }
  return stop;
}

bool GateStop::wait(std::chrono::steady_clock::duration most) {
  const WithoutGil without;
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, most, [&] { return is_over_; });
}

std::exception_ptr GateStop::error() {
  const std::lock_guard lock{mutex_};
  return error_;
}

}  // namespace weir::python
