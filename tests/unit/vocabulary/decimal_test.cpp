// Integers as decimal characters.
#include "decimal.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace weir {
namespace {

std::string decimal(std::uint64_t value) {
  char text[max_decimal];
  return {text, write_decimal(text, value)};
}

std::string signed_decimal(std::int64_t value) {
  char text[max_decimal];
  return {text, write_signed_decimal(text, value)};
}

TEST(Decimal, IsExactAroundEveryPowerOfTen) {
  std::uint64_t power = 1;
  for (int digits = 1; digits <= 20; ++digits) {
    for (const std::uint64_t value : {power - 1, power, power + 1, power * 9}) {
      EXPECT_EQ(decimal(value), std::to_string(value));
    }
    if (digits < 20) power *= 10;
  }
}

TEST(Decimal, IsExactForEveryFourDigitNumberInEveryPlace) {
  for (std::uint64_t value = 0; value < 10'000; ++value) {
    EXPECT_EQ(decimal(value), std::to_string(value));
    EXPECT_EQ(decimal(value * 10'000), std::to_string(value * 10'000));
    EXPECT_EQ(decimal(value * 100'000'001), std::to_string(value * 100'000'001));
  }
}

TEST(Decimal, IsExactAtTheLimitsOfItsTypes) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(decimal(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(signed_decimal(largest), "9223372036854775807");
  EXPECT_EQ(signed_decimal(-largest - 1), "-9223372036854775808");
  EXPECT_EQ(signed_decimal(-1), "-1");
  EXPECT_EQ(signed_decimal(0), "0");
}

}  // namespace
}  // namespace weir
