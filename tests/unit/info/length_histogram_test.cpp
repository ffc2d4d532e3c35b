// Packets counted by their length.
#include "weir/info/length_histogram.h"

#include <gtest/gtest.h>

#include <vector>

namespace weir::info {
namespace {

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();

TEST(LengthHistogram, HasRangesThatDoubleWithoutGaps) {
  const LengthHistogram::Ranges ranges = LengthHistogram{}.ranges();
  std::vector<std::uint32_t> starts;
  for (const LengthHistogram::Range& range : ranges) {
    starts.push_back(range.from);
    EXPECT_EQ(range.packets, 0U);
  }
  EXPECT_EQ(starts, (std::vector<std::uint32_t>{0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120}));
  for (std::size_t i = 1; i < ranges.size(); ++i) EXPECT_EQ(ranges[i].from, ranges[i - 1].to + 1);
  EXPECT_EQ(ranges.back().to, most);
}

TEST(LengthHistogram, PutsEveryLengthIntoItsRange) {
  for (const LengthHistogram::Range& range : LengthHistogram{}.ranges()) {
    for (const std::uint32_t length : {range.from, range.from + 1, range.to - 1, range.to}) {
      LengthHistogram histogram;
      histogram.add(length);
      for (const LengthHistogram::Range& counted : histogram.ranges()) {
        EXPECT_EQ(counted.packets, counted.from == range.from ? 1U : 0U) << length;
      }
    }
  }
}

TEST(LengthHistogram, SumsBytesAndKeepsTheExtremes) {
  LengthHistogram histogram;
  for (const std::uint32_t length : {1300U, 2047U, 2048U, 2559U, 1500U, 1500U}) {
    histogram.add(length);
  }
  const LengthHistogram::Range range = histogram.ranges()[7];
  EXPECT_EQ(range.from, 1280U);
  EXPECT_EQ(range.packets, 6U);
  EXPECT_EQ(range.bytes, 1300U + 2047 + 2048 + 2559 + 3000);
  EXPECT_EQ(range.smallest, 1300U);
  EXPECT_EQ(range.largest, 2559U);
}

TEST(LengthHistogram, HoldsTheLargestLengths) {
  LengthHistogram histogram;
  for (int i = 0; i < 3; ++i) histogram.add(most);
  EXPECT_EQ(histogram.ranges().back().bytes, 3 * std::uint64_t{most});
}

}  // namespace
}  // namespace weir::info
