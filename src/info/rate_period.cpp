// Seconds where much is counted, else what is longer.
#include "weir/info/rate_period.h"

#include <algorithm>
#include <array>

namespace weir::info {

RatePeriod rate_period(double per_second) noexcept {
  constexpr std::array periods{RatePeriod{1, "s"}, RatePeriod{60, "minute"},
                               RatePeriod{3'600, "hour"}, RatePeriod{86'400, "day"}};
  constexpr RatePeriod year{365.25 * 86'400, "year"};
  const auto* const found = std::ranges::find_if(
      periods, [&](const RatePeriod& period) { return per_second * period.seconds >= 0.1; });
  return found != periods.end() ? *found : year;
}

}  // namespace weir::info
