// What was dropped of the packets that were held at an adapter, by whatever thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "weir/gate/rule.h"

namespace weir::gate {

/// By any thread.
class HeldDrops {
 public:
  /// Whether those that follow are counted (AdapterSettings::statistics).
  void set_counting(bool is_on) noexcept { is_counting_.store(is_on, std::memory_order_relaxed); }
  void add(bool outgoing, std::size_t bytes) noexcept {
    if (!is_counting_.load(std::memory_order_relaxed)) return;
    Count& count = counts_[outgoing ? 1 : 0];
    count.packets.fetch_add(1, std::memory_order_relaxed);
    count.bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
  [[nodiscard]] Tally tally(bool outgoing) const noexcept {
    const Count& count = counts_[outgoing ? 1 : 0];
    return {.packets = count.packets.load(std::memory_order_relaxed),
            .bytes = count.bytes.load(std::memory_order_relaxed)};
  }

 private:
  struct Count {
    std::atomic<std::uint64_t> packets{0};
    std::atomic<std::uint64_t> bytes{0};
  };
  std::atomic<bool> is_counting_{true};
  /// In and out.
  std::array<Count, 2> counts_{};
};

}  // namespace weir::gate
