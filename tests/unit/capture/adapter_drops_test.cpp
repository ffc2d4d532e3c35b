// Counters of adapters that are set back, go away or tell nothing.
#include "capture/adapter/adapter_drops.h"

#include <gtest/gtest.h>

namespace weir::test {
namespace {

using capture::AdapterDrops;

TEST(AdapterDrops, WhatWasDroppedBeforeDoesNotCount) {
  AdapterDrops drops{1000};
  EXPECT_EQ(drops.until(1000), 0U);
  EXPECT_EQ(drops.until(1003), 3U);
  EXPECT_EQ(drops.until(1003), 3U);
  EXPECT_EQ(drops.until(1010), 10U);
}

TEST(AdapterDrops, ACounterThatIsSetBackCountsFromZero) {
  AdapterDrops drops{1000};
  EXPECT_EQ(drops.until(1003), 3U);
  EXPECT_EQ(drops.until(2), 5U);
  EXPECT_EQ(drops.until(1002), 1005U);
}

TEST(AdapterDrops, OfSeveralAdaptersAddUp) {
  AdapterDrops drops{10};
  EXPECT_EQ(drops.until(13), 3U);
  drops.go_on_with(100);
  EXPECT_EQ(drops.until(104), 7U);
  drops.go_on_with(0);
  EXPECT_EQ(drops.until(5), 12U);
}

TEST(AdapterDrops, WhatTheKernelDoesNotTellIsUnknown) {
  AdapterDrops never{std::nullopt};
  EXPECT_EQ(never.until(5), std::nullopt);
  never.go_on_with(7);
  EXPECT_EQ(never.until(9), std::nullopt);
  AdapterDrops drops{10};
  EXPECT_EQ(drops.until(std::nullopt), std::nullopt);
  EXPECT_EQ(drops.until(13), 3U);
}

}  // namespace
}  // namespace weir::test
