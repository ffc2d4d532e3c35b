// Times as RFC 3339 text.
#include "rfc3339.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace weir {
namespace {

std::string written(Rfc3339& times, std::int64_t nanoseconds) {
  char text[Rfc3339::size];
  return {text, times.write(text, Timestamp{Duration{nanoseconds}})};
}

std::string written(std::int64_t nanoseconds) {
  Rfc3339 times;
  return written(times, nanoseconds);
}

TEST(Rfc3339, HasNineDigitsAndEndsInZ) {
  EXPECT_EQ(written(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(written(1'767'323'045'000'000'006), "2026-01-02T03:04:05.000000006Z");
  EXPECT_EQ(written(951'782'399'999'999'999), "2000-02-28T23:59:59.999999999Z");
  EXPECT_EQ(written(951'782'400'000'000'000), "2000-02-29T00:00:00.000000000Z");
}

TEST(Rfc3339, GoesBackBeyondTheEpoch) {
  EXPECT_EQ(written(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(written(-86'400'000'000'000), "1969-12-31T00:00:00.000000000Z");
  EXPECT_EQ(written(-86'400'000'000'001), "1969-12-30T23:59:59.999999999Z");
}

TEST(Rfc3339, ReachesBothEndsOfTheTimeline) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(written(largest), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(written(-largest - 1), "1677-09-21T00:12:43.145224192Z");
}

TEST(Rfc3339, IsNotMisledByTheDayItWroteLast) {
  Rfc3339 times;
  EXPECT_EQ(written(times, 0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(written(times, 86'399'999'999'999), "1970-01-01T23:59:59.999999999Z");
  EXPECT_EQ(written(times, 86'400'000'000'000), "1970-01-02T00:00:00.000000000Z");
  EXPECT_EQ(written(times, 0), "1970-01-01T00:00:00.000000000Z");
}

TEST(Rfc3339, IsWhatATimeIsAsText) {
  EXPECT_EQ(to_string(Timestamp{}), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(to_string(Timestamp{Duration{1'767'323'045'000'000'006}}),
            "2026-01-02T03:04:05.000000006Z");
  EXPECT_EQ(to_string(Timestamp::min()), "1677-09-21T00:12:43.145224192Z");
}

}  // namespace
}  // namespace weir
