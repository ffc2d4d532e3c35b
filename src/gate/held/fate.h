// What becomes of held packets, counted: one writer each, read by all.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "weir/gate/counters.h"

namespace weir::gate {

/// One for each held packet, as HeldCounters has them.
enum class Fate : std::uint8_t {
  accepted,
  modified,
  dropped,
  expired_passed,
  expired_dropped,
  undecided_passed,
  undecided_dropped,
  exception_passed,
  exception_dropped,
  full_passed,
  full_dropped,
  too_long_passed,
  too_long_dropped,
  ruled_passed,
};

/// Whether packets with this fate go on.
[[nodiscard]] constexpr bool goes_on(Fate fate) noexcept {
  switch (fate) {
    case Fate::dropped:
    case Fate::expired_dropped:
    case Fate::undecided_dropped:
    case Fate::exception_dropped:
    case Fate::full_dropped:
    case Fate::too_long_dropped:
      return false;
    default:
      return true;
  }
}

/// One writer at a time, any number of readers.
class HeldCounts {
 public:
  void arrive(std::size_t bytes) noexcept { add(arrived_, bytes); }
  void decide(Fate fate, std::size_t bytes) noexcept {
    add(fates_[static_cast<std::size_t>(fate)], bytes);
  }
  void send(std::size_t bytes) noexcept { add(sent_, bytes); }
  void fail_to_send(std::size_t bytes) noexcept { add(send_failed_, bytes); }
  void decide_late() noexcept { add(late_verdicts_, 1); }

  /// Fates first, arrivals last: what is decided has arrived, whatever goes on meanwhile.
  void add_fates_to(HeldCounters& sum) const noexcept;
  void add_arrivals_to(HeldCounters& sum) const noexcept;

 private:
  using Count = std::atomic<std::uint64_t>;
  struct Tallied {
    Count packets{0};
    Count bytes{0};
    [[nodiscard]] Tally tally() const noexcept {
      return {.packets = packets.load(std::memory_order_acquire),
              .bytes = bytes.load(std::memory_order_acquire)};
    }
  };
  static void add(Count& count, std::uint64_t more) noexcept {
    count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_release);
  }
  static void add(Tallied& tallied, std::size_t bytes) noexcept {
    add(tallied.packets, 1);
    add(tallied.bytes, bytes);
  }

  Tallied arrived_{};
  std::array<Tallied, static_cast<std::size_t>(Fate::ruled_passed) + 1> fates_{};
  Tallied sent_{};
  Tallied send_failed_{};
  Count late_verdicts_{0};
};

}  // namespace weir::gate
