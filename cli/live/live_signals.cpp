// Notes signals.
#include "cli/live/live_signals.h"

#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "cli/stop_signal.h"

namespace weir::cli {
namespace {

std::atomic<bool> counters_wanted{false};
/// A rotation or a reload, whichever the command has.
std::atomic<bool> hung_up{false};

extern "C" void on_live_signal(int number) {
  (number == SIGHUP ? hung_up : counters_wanted).store(true);
}

/// Whether one of ours is a terminal that somebody else has hung up.
bool terminal_is_gone() noexcept {
  termios settings{};
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::tcgetattr(number, &settings) != 0 && errno == EIO) return true;
  }
  return false;
}

/// The kernel sends it to what runs in the foreground of a terminal that is gone, a shell to all
/// that it has started there.
extern "C" void on_reload_signal(int number, siginfo_t* told, void*) {
  const int error = errno;
  if (told->si_code == SI_KERNEL || terminal_is_gone()) {
    request_stop();
  } else {
    on_live_signal(number);
  }
  errno = error;
}

void handle(int number) noexcept {
  struct sigaction action{};
  action.sa_handler = on_live_signal;  // no SA_RESTART: a wait ends, and the request is looked at
  sigaction(number, &action, nullptr);
}

}  // namespace

void handle_counters_signal() noexcept { handle(SIGUSR1); }
void handle_rotation_signal() noexcept { handle(SIGHUP); }

void handle_reload_signal() noexcept {
  struct sigaction inherited{};
  sigaction(SIGHUP, nullptr, &inherited);
  if (inherited.sa_handler == SIG_IGN) return handle(SIGHUP);
  struct sigaction action{};
  action.sa_sigaction = on_reload_signal;  // no SA_RESTART, as above
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGHUP, &action, nullptr);
}

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
