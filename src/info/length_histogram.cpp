// Sums lengths up in ranges that double.
#include "weir/info/length_histogram.h"

namespace weir::info {

LengthHistogram::Ranges LengthHistogram::ranges() const noexcept {
  Ranges ranges = long_;
  for (std::uint32_t length = 0; length < short_lengths; ++length) {
    if (short_[length] != 0) add(ranges, length, short_[length]);
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i].from = i == 0 ? 0 : first_end << (i - 1);
    ranges[i].to = (first_end << i) - 1;
  }
  ranges.back().to = std::numeric_limits<std::uint32_t>::max();
  return ranges;
}

}  // namespace weir::info
