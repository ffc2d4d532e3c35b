// Sums lengths up in ranges that double.
#include "weir/sink/length_histogram.h"

#include <algorithm>
#include <bit>

namespace weir::sink {
namespace {

using Ranges = LengthHistogram::Ranges;

constexpr std::uint32_t first_end = 20;

void add(Ranges& ranges, std::uint32_t length, std::uint64_t packets) noexcept {
  const auto doublings = static_cast<std::size_t>(std::bit_width(length / first_end));
  LengthHistogram::Range& range = ranges[std::min(doublings, ranges.size() - 1)];
  range.packets += packets;
  range.bytes += packets * length;
  range.smallest = std::min(range.smallest, length);
  range.largest = std::max(range.largest, length);
}

}  // namespace

void LengthHistogram::add_long(std::uint32_t length) noexcept { sink::add(long_, length, 1); }

Ranges LengthHistogram::ranges() const noexcept {
  Ranges ranges = long_;
  for (std::uint32_t length = 0; length < short_lengths; ++length) {
    if (short_[length] != 0) sink::add(ranges, length, short_[length]);
  }
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i].from = i == 0 ? 0 : first_end << (i - 1);
    ranges[i].to = (first_end << i) - 1;
  }
  ranges.back().to = std::numeric_limits<std::uint32_t>::max();
  return ranges;
}

}  // namespace weir::sink
