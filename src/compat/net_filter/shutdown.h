// NetFilter's shutdown_system(): has logind end the system.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace weir::compat::net_filter {

struct Shutdown {
  /// Shown to whoever is logged in until the system ends. Empty: it ends at once.
  std::string prompt{};
  /// Of the prompt; less than 0 is 0.
  std::chrono::seconds timeout{};
  /// Not kept back by programs that hold an inhibitor lock (systemd-inhibit(1)). All that runs is
  /// sent SIGTERM, and SIGKILL if that does not end it, with this and without. What is scheduled,
  /// because it has a prompt, is logind's to carry out: there is nothing to force then.
  bool force_close_apps = false;
  bool reboot = false;
};

using Time = std::chrono::system_clock::time_point;

/// What shut_down() asks logind for, a call each:
/// "org.freedesktop.login1.Manager.PowerOff(false)". The one behind PowerOffWithFlags or
/// RebootWithFlags only where logind is too old to know that or its flag, as systemd 252 is.
[[nodiscard]] std::vector<std::string> shutdown_calls(const Shutdown& shutdown,
                                                      Time now = std::chrono::system_clock::now());

/// False if logind refuses, there is none, or weir was built without libsystemd. One thread at a
/// time or several.
[[nodiscard]] bool shut_down(const Shutdown& shutdown,
                             Time now = std::chrono::system_clock::now()) noexcept;

}  // namespace weir::compat::net_filter
