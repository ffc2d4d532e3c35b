// The time in which a rate is told: a minute, an hour, ... where what it counts is rare.
#pragma once

#include <string_view>

#include "weir/api.h"

namespace weir::info {

struct RatePeriod {
  double seconds;
  /// "s", "minute", "hour", "day", "year".
  std::string_view name;
};

/// The shortest in which there is a tenth of one at least; a year where there is none.
[[nodiscard]] WEIR_API RatePeriod rate_period(double per_second) noexcept;

}  // namespace weir::info
