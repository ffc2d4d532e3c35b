// The signal handlers of the command.
#include "cli/stop_signal.h"

#include <sys/time.h>

#include <atomic>
#include <chrono>
#include <csignal>

namespace weir::cli {
namespace {

std::atomic<const StopOnSignal*> current{nullptr};
std::atomic<bool> stopping{false};
std::atomic<bool> timed_out{false};

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds patience{300};
std::atomic<Clock::rep> stopped_at{0};

extern "C" void on_tick(int) {}

void interrupt_waits() noexcept {
  struct sigaction action{};
  action.sa_handler = on_tick;  // no SA_RESTART
  sigaction(SIGALRM, &action, nullptr);
  constexpr timeval tick{.tv_sec = 0, .tv_usec = 50'000};
  const itimerval ticks{.it_interval = tick, .it_value = tick};
  setitimer(ITIMER_REAL, &ticks, nullptr);
}

void stop_current() noexcept {
  stopped_at.store(Clock::now().time_since_epoch().count());
  interrupt_waits();
  if (const StopOnSignal* stoppable = current.load()) stoppable->stop();
}

extern "C" void on_time_up(int) {
  if (stopping.exchange(true)) return;
  timed_out.store(true);
  stop_current();
}

extern "C" void on_stop_signal(int number) {
  if (stopping.exchange(true)) {
    // When a terminal closes both the kernel and a shell send it.
    if (number == SIGHUP) return;
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  stop_current();
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

void stop_after(Duration duration) noexcept {
  struct sigaction action{};
  action.sa_handler = on_time_up;  // no SA_RESTART
  sigaction(SIGALRM, &action, nullptr);
  const auto rounded = std::chrono::ceil<std::chrono::microseconds>(duration);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(rounded);
  const itimerval once{
      .it_interval = {},
      .it_value = {.tv_sec = static_cast<time_t>(seconds.count()),
                   .tv_usec = static_cast<suseconds_t>((rounded - seconds).count())}};
  setitimer(ITIMER_REAL, &once, nullptr);
  // A stop signal that came meanwhile had its own ticks, which are over with that.
  if (stopping.load()) interrupt_waits();
}

void request_stop() noexcept {
  if (!stopping.exchange(true)) stop_current();
}

bool time_is_up() noexcept { return timed_out.load(); }

bool stop_requested() noexcept { return stopping.load(); }

bool stop_is_overdue() noexcept {
  const Clock::rep at = stopped_at.load();
  return at != 0 && Clock::now() - Clock::time_point{Clock::duration{at}} >= patience;
}

void StopOnSignal::start() const noexcept {
  current.store(this);
  if (stopping.load()) stop();
}

StopOnSignal::~StopOnSignal() { current.store(nullptr); }

}  // namespace weir::cli
