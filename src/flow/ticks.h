// Time as unsigned ticks: every time stamp has one, differences never overflow.
#pragma once

#include <cstdint>
#include <limits>

#include "weir/packet.h"

namespace weir::flow {

/// Nanoseconds since the earliest time stamp there is.
using Ticks = std::uint64_t;

/// Later than anything that happens.
inline constexpr Ticks never = std::numeric_limits<Ticks>::max();

[[nodiscard]] constexpr Ticks to_ticks(Timestamp time) noexcept {
  return static_cast<Ticks>(time.time_since_epoch().count()) ^ Ticks { 1 } << 63;
}

[[nodiscard]] constexpr Timestamp to_timestamp(Ticks ticks) noexcept {
  return Timestamp{Duration{static_cast<Duration::rep>(ticks ^ Ticks{1} << 63)}};
}

/// Negative durations are none.
[[nodiscard]] constexpr Ticks to_ticks(Duration duration) noexcept {
  return duration.count() > 0 ? static_cast<Ticks>(duration.count()) : 0;
}

/// The moment `delay` after `start`; never, where that lies beyond the last time stamp.
[[nodiscard]] constexpr Ticks after(Ticks start, Ticks delay) noexcept {
  return delay < never - start ? start + delay : never;
}

}  // namespace weir::flow
