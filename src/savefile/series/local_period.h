// Periods of the local clock: days, hours, quarters of an hour, also where that clock is changed.
#pragma once

#include <chrono>

namespace weir::savefile {

/// From `start` (inclusive) to `end` (exclusive).
struct LocalPeriod {
  std::chrono::sys_seconds start{};
  std::chrono::sys_seconds end{};

  [[nodiscard]] bool holds(std::chrono::sys_seconds time) const noexcept {
    return start <= time && time < end;
  }
};

/// The period around `time`. They are counted from local midnight and as long as the local clock
/// takes from one multiple of `length` (more than 0) to the next: a day has 23 or 25 hours where
/// the clock is changed. Where it goes back by a whole period or more, as by an hour those of an
/// hour, what is gone through twice is two periods.
[[nodiscard]] LocalPeriod local_period(std::chrono::sys_seconds time,
                                       std::chrono::seconds length) noexcept;

}  // namespace weir::savefile
