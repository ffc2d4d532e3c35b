// Notes signals.
#include "cli/live/live_signals.h"

#include <atomic>
#include <csignal>

namespace weir::cli {
namespace {

std::atomic<bool> counters_wanted{false};
std::atomic<bool> rotation_wanted{false};

extern "C" void on_live_signal(int number) {
  (number == SIGHUP ? rotation_wanted : counters_wanted).store(true);
}

void handle(int number) noexcept {
  struct sigaction action{};
  action.sa_handler = on_live_signal;  // no SA_RESTART: a wait ends, and the request is looked at
  sigaction(number, &action, nullptr);
}

}  // namespace

void handle_counters_signal() noexcept { handle(SIGUSR1); }
void handle_rotation_signal() noexcept { handle(SIGHUP); }

bool take_counters_request() noexcept { return counters_wanted.exchange(false); }
bool take_rotation_request() noexcept { return rotation_wanted.exchange(false); }

}  // namespace weir::cli
