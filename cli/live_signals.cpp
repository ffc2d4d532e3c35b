// Notes signals.
#include "live_signals.h"

#include <atomic>
#include <csignal>

namespace weir::cli {
namespace {

std::atomic<bool> counters_wanted{false};
std::atomic<bool> rotation_wanted{false};

extern "C" void on_live_signal(int number) {
  (number == SIGHUP ? rotation_wanted : counters_wanted).store(true);
}

}  // namespace

void handle_live_signals() noexcept {
  struct sigaction action{};
  action.sa_handler = on_live_signal;  // no SA_RESTART: a wait ends, and the request is looked at
  sigaction(SIGUSR1, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
}

bool take_counters_request() noexcept { return counters_wanted.exchange(false); }
bool take_rotation_request() noexcept { return rotation_wanted.exchange(false); }

}  // namespace weir::cli
