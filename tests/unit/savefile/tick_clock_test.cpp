// Times of every resolution as nanoseconds.
#include "savefile/tick_clock.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace weir::savefile {
namespace {

struct Converted {
  std::optional<std::int64_t> time;
  std::uint64_t rounded = 0;
};

Converted convert(std::uint8_t resolution, std::uint64_t ticks, std::int64_t offset = 0) {
  Converted result;
  std::int64_t time = 0;
  if (TickClock{resolution, offset}.convert(ticks, time, result.rounded)) result.time = time;
  return result;
}

constexpr std::uint8_t binary = 0x80;

TEST(TickClock, IsExactForPowersOfTenDownToNanoseconds) {
  std::uint64_t ticks = 3;
  for (std::uint8_t exponent = 0; exponent <= 9; ++exponent, ticks *= 10) {
    EXPECT_EQ(convert(exponent, ticks).time, 3'000'000'000) << int{exponent};
    EXPECT_EQ(convert(exponent, ticks).rounded, 0U);
  }
}

TEST(TickClock, RoundsFinerTimesDownAndCounts) {
  EXPECT_EQ(convert(10, 19).time, 1);
  EXPECT_EQ(convert(10, 19).rounded, 1U);
  EXPECT_EQ(convert(12, 2'000).time, 2);
  EXPECT_EQ(convert(12, 2'000).rounded, 0U);
  EXPECT_EQ(convert(28, std::numeric_limits<std::uint64_t>::max()).time, 1);
  EXPECT_EQ(convert(29, std::numeric_limits<std::uint64_t>::max()).time, 0);
  EXPECT_EQ(convert(127, 1).time, 0);
  EXPECT_EQ(convert(127, 1).rounded, 1U);
  EXPECT_EQ(convert(127, 0).rounded, 0U);
}

TEST(TickClock, ReadsPowersOfTwo) {
  EXPECT_EQ(convert(binary | 0, 7).time, 7'000'000'000);
  EXPECT_EQ(convert(binary | 1, 3).time, 1'500'000'000);
  EXPECT_EQ(convert(binary | 10, 1).time, 976'562);
  EXPECT_EQ(convert(binary | 10, 1).rounded, 1U);
  EXPECT_EQ(convert(binary | 32, std::uint64_t{5} << 32).time, 5'000'000'000);
  EXPECT_EQ(convert(binary | 63, std::uint64_t{1} << 63).time, 1'000'000'000);
  EXPECT_EQ(convert(binary | 93, std::numeric_limits<std::uint64_t>::max()).time, 1);
  EXPECT_EQ(convert(binary | 127, 1).time, 0);
  EXPECT_EQ(convert(binary | 127, 1).rounded, 1U);
}

TEST(TickClock, AddsTheOffset) {
  EXPECT_EQ(convert(6, 1, 10).time, 10'000'001'000);
  EXPECT_EQ(convert(6, 1'000'000, -2).time, -1'000'000'000);
  EXPECT_EQ(convert(10, 5, 1).time, 1'000'000'000);
}

TEST(TickClock, RefusesWhatNanosecondsCannotHold) {
  constexpr std::uint64_t last_microsecond = 9'223'372'036'854'775;
  EXPECT_EQ(convert(6, last_microsecond).time, 9'223'372'036'854'775'000);
  EXPECT_FALSE(convert(6, last_microsecond + 1).time);
  EXPECT_FALSE(convert(6, std::numeric_limits<std::uint64_t>::max()).time);
  EXPECT_FALSE(convert(0, std::numeric_limits<std::uint64_t>::max()).time);
  EXPECT_FALSE(convert(9, std::uint64_t{1} << 63).time);
  EXPECT_EQ(convert(9, (std::uint64_t{1} << 63) - 1).time,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(convert(binary | 0, std::numeric_limits<std::uint64_t>::max()).time);
  EXPECT_FALSE(convert(6, 0, std::numeric_limits<std::int64_t>::max()).time);
  EXPECT_FALSE(convert(6, 0, std::numeric_limits<std::int64_t>::min()).time);
  EXPECT_EQ(convert(9, std::uint64_t{1} << 63, -1).time, 9'223'372'035'854'775'808);
}

TEST(TickClock, TellsItsTicksPerSecond) {
  EXPECT_EQ(TickClock{}.ticks_per_second(), 1'000'000U);
  EXPECT_EQ((TickClock{9, 0}.ticks_per_second()), 1'000'000'000U);
  EXPECT_EQ((TickClock{19, 0}.ticks_per_second()), 10'000'000'000'000'000'000U);
  EXPECT_EQ((TickClock{20, 0}.ticks_per_second()), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ((TickClock{binary | 63, 0}.ticks_per_second()), std::uint64_t{1} << 63);
  EXPECT_EQ((TickClock{binary | 64, 0}.ticks_per_second()),
            std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace weir::savefile
