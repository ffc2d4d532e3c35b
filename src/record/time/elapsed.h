// The time between two stamps, however far apart they are.
#pragma once

#include <chrono>
#include <cstdint>

#include "weir/packet.h"

namespace weir::record {

/// Nanoseconds without a sign: two 64-bit stamps lie up to 584 years apart, a Duration ends at 292.
using Elapsed = std::chrono::duration<std::uint64_t, std::nano>;

/// From the earlier stamp to the later one; nothing if they stand the other way round.
[[nodiscard]] constexpr Elapsed elapsed(Timestamp from, Timestamp to) noexcept {
  if (to <= from) return Elapsed::zero();
  return Elapsed{static_cast<std::uint64_t>(to.time_since_epoch().count()) -
                 static_cast<std::uint64_t>(from.time_since_epoch().count())};
}

}  // namespace weir::record
