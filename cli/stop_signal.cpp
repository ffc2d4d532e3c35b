// The signal handlers of the command.
#include "stop_signal.h"

#include <atomic>
#include <csignal>

namespace weir::cli {
namespace {

std::atomic<const StopOnSignal*> current{nullptr};
std::atomic<bool> stopping{false};

extern "C" void on_stop_signal(int number) {
  if (stopping.exchange(true)) {
    // When a terminal closes both the kernel and a shell send it.
    if (number == SIGHUP) return;
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  if (const StopOnSignal* stoppable = current.load()) stoppable->stop();
}

}  // namespace

void handle_stop_signals() noexcept {
  struct sigaction action{};
  action.sa_handler = on_stop_signal;  // no SA_RESTART: a blocked read must return
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  struct sigaction inherited{};
  sigaction(SIGHUP, nullptr, &inherited);
  if (inherited.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
  // A reader that is gone and a file that may not grow are errors of write(2).
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool stop_requested() noexcept { return stopping.load(); }

void StopOnSignal::start() const noexcept {
  current.store(this);
  if (stopping.load()) stop();
}

StopOnSignal::~StopOnSignal() { current.store(nullptr); }

}  // namespace weir::cli
