// Sleeps on a switch, then by the clock, then not at all.
#include "weir/inject/pacer.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>

#include "sys/wake_up.h"

namespace weir::inject {
namespace {

/// What is slept on the switch, since stop() has to end it, ends so long before the moment: poll()
/// counts milliseconds, and timer slack comes on top.
constexpr Duration long_wait = std::chrono::milliseconds{4};
constexpr Duration switch_margin = std::chrono::milliseconds{2};
/// The rest is slept to this margin: what a wake-up takes, with a timer slack of 50 us.
constexpr Duration spin_margin = std::chrono::microseconds{120};
constexpr Duration longest_poll = std::chrono::hours{1};

/// By std::chrono::steady_clock.
int sleep_until(Duration moment) noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(moment);
  const timespec at{.tv_sec = static_cast<time_t>(seconds.count()),
                    .tv_nsec = static_cast<long>((moment - seconds).count())};
  return ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
}

void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

struct Pacer::State {
  sys::WakeUp wake_up{};
  std::atomic<bool> stopped{false};
};

Pacer::Pacer() : state_{std::make_unique<State>()} { start(); }
Pacer::Pacer(Pacer&&) noexcept = default;
Pacer& Pacer::operator=(Pacer&&) noexcept = default;
Pacer::~Pacer() = default;

void Pacer::start() noexcept { started_ = clock(); }

Pacer::Waited Pacer::wait_until(Duration due) noexcept {
  const std::atomic<bool>& stopped = state_->stopped;
  for (Duration left = due - now(); left > long_wait; left = due - now()) {
    if (stopped.load(std::memory_order_relaxed)) return Waited::stopped;
    const auto poll = std::min(left - switch_margin, longest_poll);
    const int milliseconds =
        static_cast<int>(std::chrono::floor<std::chrono::milliseconds>(poll).count());
    switch (sys::wait_woken(state_->wake_up, milliseconds)) {
      case sys::Readable::woken:
        return Waited::stopped;
      case sys::Readable::interrupted:
        return Waited::interrupted;
      default:
        break;
    }
  }
  if (due - now() > spin_margin && sleep_until(started_ + due - spin_margin) == EINTR) {
    return Waited::interrupted;
  }
  while (!stopped.load(std::memory_order_relaxed)) {
    if (now() >= due) return Waited::due;
    relax();
  }
  return Waited::stopped;
}

void Pacer::stop() noexcept {
  state_->stopped.store(true, std::memory_order_relaxed);
  state_->wake_up.set();
}

bool Pacer::is_stopped() const noexcept { return state_->stopped.load(std::memory_order_relaxed); }

}  // namespace weir::inject
