// What an adapter has had from one moment to another.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "weir/api.h"
#include "weir/capture/counter.h"
#include "weir/packet.h"

namespace weir::capture {

/// One instant by two clocks: one that nobody sets, and that on the wall.
struct Moment {
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();
  Timestamp wall = wall_clock();
};

/// What was counted in an interval. Const calls from several threads at once.
struct WEIR_API IntervalCounts {
  Timestamp start{};
  Timestamp end{};
  /// By a clock that nobody sets.
  Duration elapsed{};
  std::uint64_t packets = 0;
  /// On the wire.
  std::uint64_t bytes = 0;
  /// For want of room, where there is a ring.
  std::optional<std::uint64_t> dropped{};

  /// 0 where no time has passed; so the next.
  [[nodiscard]] double packets_per_second() const noexcept;
  [[nodiscard]] double bits_per_second() const noexcept;
};

/// From `start`, when a Counter had read `before`, to `end`, when it read `now`.
[[nodiscard]] WEIR_API IntervalCounts between(const Moment& start, const Moment& end,
                                              const Counts& before, const Counts& now) noexcept;

/// When the interval at hand is over: the n-th ends n intervals after the beginning. Those that are
/// over by now, because the machine slept, are skipped.
[[nodiscard]] WEIR_API std::chrono::steady_clock::time_point end_of_interval(
    const Moment& began, Duration interval, std::chrono::steady_clock::time_point now) noexcept;

}  // namespace weir::capture
