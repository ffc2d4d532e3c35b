// Deadlines as waits.
#include "capture/patience.h"

#include <gtest/gtest.h>

namespace weir::test {
namespace {

using capture::Patience;
using namespace std::chrono_literals;

TEST(Patience, NoneIsOverAtOnce) {
  const Patience none{Deadline::none()};
  EXPECT_TRUE(none.over());
  EXPECT_EQ(none.milliseconds(), 0);
  EXPECT_EQ(none.state(), SourceState::would_block);
  EXPECT_TRUE(Patience{Deadline::in(-1s)}.over());
}

TEST(Patience, ForEverIsNeverOver) {
  for (const Deadline deadline : {Deadline::for_ever(), Deadline::in(Duration::max() - 1ns)}) {
    const Patience endless{deadline};
    EXPECT_FALSE(endless.over());
    EXPECT_EQ(endless.milliseconds(), -1);
    EXPECT_EQ(endless.milliseconds(50), 50);
  }
}

TEST(Patience, WaitsAreRoundedUpAndLimited) {
  const Patience hour{Deadline::in(1h)};
  EXPECT_FALSE(hour.over());
  EXPECT_GT(hour.milliseconds(), 3'000'000);
  EXPECT_LE(hour.milliseconds(), 3'600'000);
  EXPECT_EQ(hour.milliseconds(50), 50);
  EXPECT_EQ(hour.state(), SourceState::timeout);
  const Patience century{Deadline::in(24h * 36500)};
  EXPECT_EQ(century.milliseconds(), INT32_MAX);
}

}  // namespace
}  // namespace weir::test
