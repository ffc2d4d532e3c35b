// Nanoseconds as ticks of every resolution: the way back from what was read.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "savefile/tick_clock.h"

namespace weir::savefile {
namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint8_t binary = 0x80;
constexpr std::int64_t offsets[] = {0, 1, -1, 1'700'000'000, -1'700'000'000, 9'000'000'000};

/// Numbers of ticks of all sizes, of which some are whole nanoseconds in any resolution.
std::vector<std::uint64_t> some_ticks() {
  std::vector<std::uint64_t> ticks{0, most, 1'234'567'890'123'456'789};
  for (unsigned bit = 0; bit < 64; ++bit) {
    for (const std::uint64_t odd : {1UL, 3UL, 5UL, 1'000'003UL}) {
      if (odd <= most >> bit) ticks.push_back(odd << bit);
      if (odd << bit != 0) ticks.push_back((odd << bit) - 1);
    }
  }
  for (std::uint64_t power = 1; power <= most / 10; power *= 10) {
    for (const std::uint64_t times : {1UL, 3UL, 7UL}) ticks.push_back(power * times);
  }
  return ticks;
}

TEST(TickClockInverse, IsTheIdentityWhereverReadingDoesNotRound) {
  std::size_t tried = 0;
  for (unsigned resolution = 0; resolution < 256; ++resolution) {
    for (const std::int64_t offset : offsets) {
      const TickClock clock{static_cast<std::uint8_t>(resolution), offset};
      for (const std::uint64_t ticks : some_ticks()) {
        std::int64_t time = 0;
        std::uint64_t rounded = 0;
        if (!clock.convert(ticks, time, rounded) || rounded != 0) continue;
        std::uint64_t back = 0;
        ASSERT_TRUE(clock.ticks(time, back, rounded))
            << resolution << ' ' << offset << ' ' << ticks;
        ASSERT_EQ(back, ticks) << resolution << ' ' << offset;
        ASSERT_EQ(rounded, 0U);
        ++tried;
      }
    }
  }
  EXPECT_GT(tried, 50'000U);
}

TEST(TickClockInverse, IsReadAsTheSameTimeWhateverTheResolution) {
  for (unsigned resolution = 0; resolution < 256; ++resolution) {
    for (const std::int64_t offset : offsets) {
      const TickClock clock{static_cast<std::uint8_t>(resolution), offset};
      for (const std::uint64_t ticks : some_ticks()) {
        std::int64_t time = 0;
        std::uint64_t ignored = 0;
        if (!clock.convert(ticks, time, ignored)) continue;
        std::uint64_t back = 0;
        std::uint64_t rounded = 0;
        std::int64_t again = 0;
        ASSERT_TRUE(clock.ticks(time, back, rounded))
            << resolution << ' ' << offset << ' ' << ticks;
        ASSERT_TRUE(clock.convert(back, again, ignored));
        ASSERT_EQ(again, time) << resolution << ' ' << offset << ' ' << ticks;
        ASSERT_EQ(rounded, 0U);
      }
    }
  }
}

TEST(TickClockInverse, RoundsDownAndCounts) {
  const auto ticks = [](const TickClock& clock, std::int64_t time, std::uint64_t& rounded) {
    std::uint64_t found = 0;
    EXPECT_TRUE(clock.ticks(time, found, rounded));
    return found;
  };
  std::uint64_t rounded = 0;
  EXPECT_EQ(ticks(TickClock{}, 1'999, rounded), 1U);
  EXPECT_EQ(rounded, 1U);
  EXPECT_EQ(ticks(TickClock{6, -1}, 2'500, rounded), 1'000'002U);
  EXPECT_EQ(rounded, 2U);
  EXPECT_EQ(ticks(TickClock{binary | 10, 0}, 976'563, rounded), 1U);
  EXPECT_EQ(rounded, 3U);
  EXPECT_EQ(ticks(TickClock{binary | 1, 0}, 999'999'999, rounded), 1U);
  EXPECT_EQ(rounded, 4U);
}

TEST(TickClockInverse, HasNoTicksForTimesTheClockCannotTell) {
  const auto refuses = [](const TickClock& clock, std::int64_t time) {
    std::uint64_t ticks = 0;
    std::uint64_t rounded = 0;
    const bool refused = !clock.ticks(time, ticks, rounded);
    EXPECT_EQ(rounded, 0U);
    return refused;
  };
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(refuses(TickClock{}, -1));
  EXPECT_TRUE(refuses((TickClock{6, 5}), 4'999'999'999));
  EXPECT_FALSE(refuses((TickClock{6, 5}), 5'000'000'000));
  EXPECT_TRUE(refuses((TickClock{6, -9'223'372'037}), -last - 1)) << "rounded, it is no time";
  EXPECT_TRUE(refuses((TickClock{20, 0}), 1'000'000'000));
  EXPECT_FALSE(refuses((TickClock{20, 0}), 100'000'000));
  EXPECT_TRUE(refuses((TickClock{28, 0}), 2));
  EXPECT_TRUE(refuses((TickClock{29, 0}), 1));
  EXPECT_TRUE(refuses((TickClock{127, 0}), last));
  EXPECT_TRUE(refuses((TickClock{binary | 64, 0}), 1'000'000'000));
  EXPECT_FALSE(refuses((TickClock{binary | 64, 0}), 999'999'999));
  EXPECT_TRUE(refuses((TickClock{binary | 94, 0}), 1));
  EXPECT_TRUE(refuses((TickClock{binary | 127, 0}), last));
  EXPECT_FALSE(refuses((TickClock{binary | 32, 0}), (std::int64_t{1} << 32) * 1'000'000'000 - 1));
  EXPECT_TRUE(refuses((TickClock{binary | 32, 0}), (std::int64_t{1} << 32) * 1'000'000'000));
}

}  // namespace
}  // namespace weir::savefile
