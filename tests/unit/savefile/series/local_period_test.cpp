// Periods of the local clock on days that are longer and shorter than others.
#include "savefile/series/local_period.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/time_zone.h"

namespace weir::savefile {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using test::TimeZone;
using namespace std::chrono_literals;

// As POSIX has them, so that no file of zones is needed.
constexpr const char* berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
constexpr const char* lord_howe = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";  // by half an hour
constexpr const char* havana = "CST5CDT,M3.2.0/0,M11.1.0/1";               // at midnight
constexpr const char* cairo = "EET-2EEST,M4.5.5/0,M10.5.4/24";             // at midnight, too

sys_seconds utc(int year, unsigned month, unsigned day, seconds time = {}) {
  return sys_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + time;
}

/// Start and length of every period in [from, to), each found from every moment in it that is
/// looked at.
std::vector<seconds> lengths(sys_seconds from, sys_seconds to, seconds length) {
  std::vector<seconds> found;
  for (sys_seconds at = from; at < to;) {
    const LocalPeriod period = local_period(at, length);
    EXPECT_EQ(period.start, at);
    for (sys_seconds inside = at; inside < period.end; inside += 299s) {
      const LocalPeriod same = local_period(inside, length);
      EXPECT_EQ(same.start, period.start) << inside.time_since_epoch();
      EXPECT_EQ(same.end, period.end) << inside.time_since_epoch();
    }
    EXPECT_EQ(local_period(period.end - 1s, length).start, period.start);
    found.push_back(period.end - period.start);
    at = period.end;
  }
  return found;
}

TEST(LocalPeriod, IsALocalDayWhateverItsLength) {
  const TimeZone zone{berlin};
  EXPECT_EQ(lengths(utc(2026, 3, 27, 23h), utc(2026, 3, 30, 22h), 24h),
            (std::vector<seconds>{24h, 23h, 24h}));
  EXPECT_EQ(lengths(utc(2026, 10, 23, 22h), utc(2026, 10, 26, 23h), 24h),
            (std::vector<seconds>{24h, 25h, 24h}));
}

TEST(LocalPeriod, IsLongerOrShorterWithinTheDay) {
  const TimeZone zone{berlin};
  EXPECT_EQ(lengths(utc(2026, 3, 28, 23h), utc(2026, 3, 29, 22h), 6h),
            (std::vector<seconds>{5h, 6h, 6h, 6h}));
  EXPECT_EQ(lengths(utc(2026, 10, 24, 22h), utc(2026, 10, 25, 11h), 6h),
            (std::vector<seconds>{7h, 6h}));
  EXPECT_EQ(lengths(utc(2026, 10, 24, 22h), utc(2026, 10, 25, 5h), 2h),
            (std::vector<seconds>{2h, 3h, 2h}));
  EXPECT_EQ(lengths(utc(2026, 3, 28, 23h), utc(2026, 3, 29, 4h), 2h),
            (std::vector<seconds>{2h, 1h, 2h}));
}

TEST(LocalPeriod, ComesTwiceWhereTheClockGoesBackByAWholeOne) {
  const TimeZone zone{berlin};
  EXPECT_EQ(lengths(utc(2026, 10, 25, -1h), utc(2026, 10, 25, 3h), 1h),
            (std::vector<seconds>{1h, 1h, 1h, 1h}));
  EXPECT_EQ(lengths(utc(2026, 10, 25), utc(2026, 10, 25, 2h), 30min),
            (std::vector<seconds>{30min, 30min, 30min, 30min}));
}

TEST(LocalPeriod, KnowsClocksThatAreChangedByHalfAnHour) {
  const TimeZone zone{lord_howe};
  // 2026-04-05 02:00 becomes 01:30, 2026-10-04 02:00 becomes 02:30.
  EXPECT_EQ(lengths(utc(2026, 4, 4, 13h), utc(2026, 4, 5, 13h + 30min), 24h),
            (std::vector<seconds>{24h + 30min}));
  EXPECT_EQ(lengths(utc(2026, 4, 4, 13h), utc(2026, 4, 4, 16h + 30min), 1h),
            (std::vector<seconds>{1h, 90min, 1h}));
  EXPECT_EQ(lengths(utc(2026, 10, 3, 13h + 30min), utc(2026, 10, 4, 13h), 24h),
            (std::vector<seconds>{23h + 30min}));
  EXPECT_EQ(lengths(utc(2026, 10, 3, 13h + 30min), utc(2026, 10, 3, 17h), 1h),
            (std::vector<seconds>{1h, 1h, 30min, 1h}));
}

TEST(LocalPeriod, KnowsDaysWithTwoMidnightsAndWithNone) {
  {
    const TimeZone zone{havana};
    EXPECT_EQ(lengths(utc(2026, 10, 31, 4h), utc(2026, 11, 2, 5h), 24h),
              (std::vector<seconds>{24h, 25h}));
    EXPECT_EQ(lengths(utc(2026, 3, 7, 5h), utc(2026, 3, 9, 4h), 24h),
              (std::vector<seconds>{24h, 23h}));
  }
  const TimeZone zone{cairo};
  EXPECT_EQ(lengths(utc(2026, 4, 22, 22h), utc(2026, 4, 24, 21h), 24h),
            (std::vector<seconds>{24h, 23h}));
  EXPECT_EQ(lengths(utc(2026, 10, 28, 21h), utc(2026, 10, 30, 22h), 24h),
            (std::vector<seconds>{25h, 24h}));
}

TEST(LocalPeriod, IsCountedFromMidnightBeforeTheEpochToo) {
  const TimeZone zone{"XXX-3:30"};
  EXPECT_EQ(local_period(utc(1969, 12, 31, 20h + 29min), 1h).start, utc(1969, 12, 31, 19h + 30min));
  EXPECT_EQ(lengths(utc(1960, 2, 27, 20h + 30min), utc(1960, 3, 1, 20h + 30min), 24h),
            (std::vector<seconds>{24h, 24h, 24h}));
}

}  // namespace
}  // namespace weir::savefile
