// NetFilter's setting LoggingEnabled: what it does, told to the system log.
#pragma once

#include <atomic>
#include <string_view>

namespace weir::compat::net_filter {

enum class LogPriority { error, warning, notice };

/// Off at first. The lines are a daemon's, and carry the name of the program, unless it has called
/// openlog(3) for itself. All calls from several threads at once.
class Log {
 public:
  void set(bool is_on) noexcept { is_on_.store(is_on, std::memory_order_relaxed); }
  [[nodiscard]] bool is_on() const noexcept { return is_on_.load(std::memory_order_relaxed); }

  /// One line; nothing while off, and where nobody takes it. May wait for whoever takes it: not for
  /// packets.
  void write(LogPriority priority, std::string_view text) const noexcept;

 private:
  std::atomic<bool> is_on_{false};
};

}  // namespace weir::compat::net_filter
