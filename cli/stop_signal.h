// SIGINT, SIGTERM and SIGHUP: the first stops the source being read, a second ends the process at
// once unless it is a SIGHUP.
#pragma once

#include "weir/packet.h"

namespace weir::cli {

/// Installs the handlers and ignores SIGPIPE; SIGHUP stays ignored where it is, as under nohup.
/// Call once, before reading starts.
void handle_stop_signals() noexcept;

/// As if a stop signal had arrived; signal handlers may call it.
void request_stop() noexcept;

/// Whether a stop signal has arrived.
[[nodiscard]] bool stop_requested() noexcept;

/// Whether it has arrived so long ago (0.3 s) that no reader of an output is waited for any more.
/// From the first signal on a timer interrupts whatever waits 20 times a second, so that a signal
/// that comes just before a wait is not missed.
[[nodiscard]] bool stop_is_overdue() noexcept;

/// Once `duration` is over all ends as with a stop signal. From the signal or that moment on, not
/// before, it interrupts system calls. Once; more than 0.
void stop_after(Duration duration) noexcept;

/// Whether it was that, and no signal, that stopped.
[[nodiscard]] bool time_is_up() noexcept;

/// While alive, a stop signal calls stop() on a packet source, or on anything else that has one
/// that signal handlers may call. One at a time.
class StopOnSignal {
 public:
  template <class T>
  explicit StopOnSignal(T& stoppable) noexcept
      : stoppable_{&stoppable}, stop_{[](void* object) { static_cast<T*>(object)->stop(); }} {
    start();
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal();

  void stop() const noexcept { stop_(stoppable_); }

 private:
  void start() const noexcept;

  void* stoppable_;
  void (*stop_)(void* stoppable);
};

}  // namespace weir::cli
