// Notes signals.
#include "cli/live/live_signals.h"

#include <atomic>
#include <csignal>

namespace weir::cli {
namespace {

std::atomic<bool> counters_wanted{false};
/// A rotation or a reload, whichever the command has.
std::atomic<bool> hung_up{false};

extern "C" void on_live_signal(int number) {
  (number == SIGHUP ? hung_up : counters_wanted).store(true);
}

void handle(int number) noexcept {
  struct sigaction action{};
  action.sa_handler = on_live_signal;  // no SA_RESTART: a wait ends, and the request is looked at
  sigaction(number, &action, nullptr);
}

}  // namespace

void handle_counters_signal() noexcept { handle(SIGUSR1); }
void handle_rotation_signal() noexcept { handle(SIGHUP); }

void handle_reload_signal() noexcept { handle(SIGHUP); }

bool take_counters_request() noexcept { return counters_wanted.exchange(false); }
bool take_rotation_request() noexcept { return hung_up.exchange(false); }
bool take_reload_request() noexcept { return hung_up.exchange(false); }

HeldSignals::HeldSignals(std::initializer_list<int> numbers) noexcept {
  sigset_t held;
  sigemptyset(&held);
  for (const int number : numbers) sigaddset(&held, number);
  sigprocmask(SIG_BLOCK, &held, &while_waiting_);
  for (const int number : numbers) sigdelset(&while_waiting_, number);
}

}  // namespace weir::cli
