// SIGUSR1 and SIGHUP of live commands: requests that are taken up between batches.
#pragma once

#include <csignal>
#include <initializer_list>

namespace weir::cli {

/// Installs the handler of SIGUSR1.
void handle_counters_signal() noexcept;
/// Whether SIGUSR1 (tell the counters) has come since the last call.
[[nodiscard]] bool take_counters_request() noexcept;

/// For a series of files, which SIGHUP does not end then. Installs the handler.
void handle_rotation_signal() noexcept;
/// Whether SIGHUP (finish the file, begin the next) has come since the last call.
[[nodiscard]] bool take_rotation_request() noexcept;

/// For rules in a file: SIGHUP has it read again, but one that tells of a terminal that is gone is
/// a stop signal, unless SIGHUP was ignored, as under nohup. Installs the handler.
void handle_reload_signal() noexcept;
/// Whether SIGHUP (read the file again) has come since the last call.
[[nodiscard]] bool take_reload_request() noexcept;

/// Signals that come while one waits (ppoll(2)), not just before, and never to a thread that is
/// started later on.
class HeldSignals {
 public:
  HeldSignals(std::initializer_list<int> numbers) noexcept;
  [[nodiscard]] const sigset_t& while_waiting() const noexcept { return while_waiting_; }

 private:
  sigset_t while_waiting_{};
};

}  // namespace weir::cli
