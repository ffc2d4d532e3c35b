// Finds a quantile in a histogram.
#include "weir/inject/deviation.h"

#include <cmath>

namespace weir::inject {

Duration Deviation::quantile(double share) const noexcept {
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  std::uint64_t below = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    below += counts_[step];
    if (below != 0 && static_cast<double>(below) >= wanted) {
      return Duration{static_cast<std::int64_t>(std::min(end_of(step), max_))};
    }
  }
  return {};
}

}  // namespace weir::inject
