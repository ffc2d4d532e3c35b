// Numbers for people.
#include "record/human_units.h"

#include <gtest/gtest.h>

#include <limits>

namespace weir::record {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(HumanUnits, PutCommasBetweenThousands) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(999), "999");
  EXPECT_EQ(human_count(1000), "1,000");
  EXPECT_EQ(human_count(199'980), "199,980");
  EXPECT_EQ(human_count(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(HumanUnits, ShowBytesWithThreeDigits) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(1000), "1.00 kB");
  EXPECT_EQ(human_bytes(1'234'567), "1.23 MB");
  EXPECT_EQ(human_bytes(12'345), "12.3 kB");
  EXPECT_EQ(human_bytes(123'456), "123 kB");
  EXPECT_EQ(human_bytes(1'050), "1.05 kB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "18.4 EB");
}

TEST(HumanUnits, ShowBitsAsBytes) {
  EXPECT_EQ(human_bits(999), "999 bit");
  EXPECT_EQ(human_bits(6'031'578), "6.03 Mbit");
}

TEST(HumanUnits, ShowRatesWithThreeDigitsOrMore) {
  EXPECT_EQ(human_rate(0), "0");
  EXPECT_EQ(human_rate(0.012345), "0.0123");
  EXPECT_EQ(human_rate(3.508), "3.51");
  EXPECT_EQ(human_rate(119.4), "119");
  EXPECT_EQ(human_rate(999.5), "1,000");
  EXPECT_EQ(human_rate(1234567.5), "1,234,568");
  EXPECT_EQ(human_rate(1e30), "18,446,744,073,709,551,615");
}

TEST(HumanUnits, RoundIntoTheNextUnit) {
  EXPECT_EQ(human_bytes(9'994), "9.99 kB");
  EXPECT_EQ(human_bytes(9'995), "10.0 kB");
  EXPECT_EQ(human_bytes(99'950), "100 kB");
  EXPECT_EQ(human_bytes(999'499), "999 kB");
  EXPECT_EQ(human_bytes(999'500), "1.00 MB");
}

TEST(HumanUnits, ShowDurationsInTheUnitThatFits) {
  EXPECT_EQ(human_duration(Elapsed::zero()), "0 s");
  EXPECT_EQ(human_duration(Elapsed{7}), "7 ns");
  EXPECT_EQ(human_duration(microseconds{12}), "12.0 us");
  EXPECT_EQ(human_duration(milliseconds{1500}), "1.50 s");
  EXPECT_EQ(human_duration(seconds{65}), "1m05s");
  EXPECT_EQ(human_duration(seconds{3600}), "1h00m");
  EXPECT_EQ(human_duration(hours{127}), "5d07h");
  EXPECT_EQ(human_duration(elapsed(Timestamp::min(), Timestamp::max())), "213503d23h");
  EXPECT_EQ(human_duration(elapsed(Timestamp::max(), Timestamp::min())), "0 s");
}

}  // namespace
}  // namespace weir::record
