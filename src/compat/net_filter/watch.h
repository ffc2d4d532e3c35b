// Follows adapters as they come and go, and tells when a second has passed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "weir/capture/adapter_watch.h"

namespace weir::compat::net_filter {

/// A thread of its own, from its construction on.
class Watch {
 public:
  /// How often statistics are told (omStat).
  static constexpr Duration period = std::chrono::seconds{1};

  struct Calls {
    std::function<void(std::uint32_t adapter, bool came)> adapter{};
    std::function<void()> tick{};
    std::function<void(const Error& error)> failed{};
  };

  /// In the network namespace of the calling thread. Throws SystemError.
  explicit Watch(Calls calls);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  /// Waits for a call that is under way.
  ~Watch();

 private:
  void run() noexcept;

  Calls calls_;
  capture::AdapterWatch watch_{};
  std::atomic<bool> ends_{false};
  std::thread thread_{};
};

}  // namespace weir::compat::net_filter
