// Times as people write them.
#include "weir/savefile/time_text.h"

#include <gtest/gtest.h>

namespace weir::savefile {
namespace {

using namespace std::chrono_literals;
using Kind = WindowEnd::Kind;

std::int64_t moment(std::string_view text) {
  const WindowEnd end = parse_time(text);
  EXPECT_EQ(end.kind, Kind::moment) << text;
  return end.moment.time_since_epoch().count();
}

TEST(TimeText, MomentsAreExactToTheNanosecond) {
  EXPECT_EQ(moment("2026-11-20T08:30:00.123456789Z"), 1795163400'123456789);
  EXPECT_EQ(moment("2026-11-20T09:30:00+01:00"), 1795163400'000000000);
  EXPECT_EQ(moment("1795163400.5"), 1795163400'500000000);
}

TEST(TimeText, SomeTimesDependOnWhatIsRead) {
  EXPECT_EQ(parse_time("08:30").kind, Kind::clock);
  EXPECT_EQ(parse_time("08:30").span, 8h + 30min);
  EXPECT_EQ(parse_time("-5m").kind, Kind::before_end);
  EXPECT_EQ(parse_time("-5m").span, 5min);
}

TEST(TimeText, WhatIsNoTimeIsRefusedInWords) {
  for (const char* text : {"", "noon", "2026-13-01", "2026-11-20T25:00", "-x", "12:60"}) {
    try {
      static_cast<void>(parse_time(text));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << text;
    }
  }
}

}  // namespace
}  // namespace weir::savefile
