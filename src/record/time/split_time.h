// A time stamp as whole seconds and what is behind them.
#pragma once

#include <compare>
#include <cstdint>

#include "weir/packet.h"

namespace weir::record {

/// Since 1970, rounded down. Differences of seconds never overflow.
struct SplitTime {
  std::int64_t second = 0;
  /// 0 to 999,999,999.
  std::int64_t nanosecond = 0;
  auto operator<=>(const SplitTime&) const = default;
};

/// By hand, since at the ends of 64 bits there is no time stamp of the whole seconds.
[[nodiscard]] constexpr SplitTime split(Timestamp time) noexcept {
  constexpr std::int64_t second = 1'000'000'000;
  const std::int64_t count = time.time_since_epoch().count();
  const std::int64_t rest = count % second;
  return {count / second - (rest < 0 ? 1 : 0), rest + (rest < 0 ? second : 0)};
}

}  // namespace weir::record
