// What was counted from one moment to another, and when an interval is over.
#include "weir/capture/interval.h"

#include <gtest/gtest.h>

namespace weir::capture {
namespace {

using namespace std::chrono_literals;

Moment at(Duration since) {
  Moment moment;
  moment.steady = std::chrono::steady_clock::time_point{since};
  moment.wall = Timestamp{since + 1000s};
  return moment;
}

TEST(Interval, HasWhatCameBetweenTwoReads) {
  const IntervalCounts counts =
      between(at(2s), at(4s), {.packets = 5, .bytes = 300}, {.packets = 11, .bytes = 1300});
  EXPECT_EQ(counts.start, Timestamp{1002s});
  EXPECT_EQ(counts.end, Timestamp{1004s});
  EXPECT_EQ(counts.elapsed, 2s);
  EXPECT_EQ(counts.packets, 6U);
  EXPECT_EQ(counts.bytes, 1000U);
  EXPECT_FALSE(counts.dropped);
  EXPECT_EQ(counts.packets_per_second(), 3);
  EXPECT_EQ(counts.bits_per_second(), 4000);
}

TEST(Interval, TellsDropsWhereThereIsARing) {
  const Counts now{.packets = 1, .bytes = 60, .dropped = 7};
  EXPECT_EQ(between(at(0s), at(1s), {}, now).dropped, 7U);
  EXPECT_EQ(between(at(0s), at(1s), {.dropped = 3}, now).dropped, 4U);
}

TEST(Interval, HasNoRateWithoutTime) {
  const IntervalCounts counts = between(at(1s), at(1s), {}, {.packets = 1, .bytes = 60});
  EXPECT_EQ(counts.packets_per_second(), 0);
  EXPECT_EQ(counts.bits_per_second(), 0);
}

TEST(Interval, EndsAWholeNumberOfTimesAfterTheBeginning) {
  const Moment began = at(10s);
  const auto end = [&](Duration now) {
    return end_of_interval(began, 2s, at(now).steady).time_since_epoch();
  };
  EXPECT_EQ(end(10s), 12s);
  EXPECT_EQ(end(11900ms), 12s);
  EXPECT_EQ(end(12s), 14s);
  EXPECT_EQ(end(100s + 1ns), 102s) << "those that were missed are skipped";
}

}  // namespace
}  // namespace weir::capture
