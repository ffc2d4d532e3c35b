// Numbers with units.
#include "weir/units.h"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

using namespace std::chrono_literals;

std::string refusal_of(std::string_view text) {
  try {
    static_cast<void>(parse_count(text));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    return error.what();
  }
  return {};
}

TEST(Units, DurationsAreSecondsUnlessTheySayOtherwise) {
  EXPECT_EQ(parse_duration("2"), 2s);
  EXPECT_EQ(parse_duration("0.5"), 500ms);
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("5m"), 5min);
  EXPECT_EQ(parse_duration("1.5h"), 90min);
}

TEST(Units, CountsHaveDecimalAndBinaryUnits) {
  EXPECT_EQ(parse_count("10k"), 10'000U);
  EXPECT_EQ(parse_count("4Ki"), 4096U);
  EXPECT_EQ(parse_count("9223372036854775807"), 9223372036854775807U);
}

TEST(Units, WhatIsNoneIsRefusedInWords) {
  EXPECT_EQ(refusal_of("ten"), "'ten' is not a number with one of the units k K M G Ki Mi Gi");
  EXPECT_EQ(refusal_of("0.5"), "'0.5' is no whole number");
  EXPECT_EQ(refusal_of("9223372036854775808"), "'9223372036854775808' is too large");
  EXPECT_THROW(static_cast<void>(parse_duration("-1s")), Error);
  EXPECT_THROW(static_cast<void>(parse_duration("300y")), Error);
  EXPECT_THROW(static_cast<void>(parse_time_span("0s")), Error);
}

}  // namespace
}  // namespace weir
