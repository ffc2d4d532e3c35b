// What waits for its time: order, room, and when the next is due.
#include "gate/rules/delays.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "support/allocations.h"

namespace weir::gate {
namespace {

TEST(Delays, GiveBackInTheOrderOfTime) {
  Delays<int> delays{100};
  for (const int due : {5, 3, 9, 1, 7}) ASSERT_TRUE(delays.put(int{due}, unsigned(due)));
  EXPECT_EQ(delays.next_due(), 1U);
  EXPECT_EQ(delays.take(0), std::nullopt);
  std::vector<int> taken;
  while (const auto next = delays.take(7)) taken.push_back(*next);
  EXPECT_EQ(taken, (std::vector<int>{1, 3, 5, 7}));
  EXPECT_EQ(delays.next_due(), 9U);
  EXPECT_EQ(delays.take(9), 9);
  EXPECT_EQ(delays.next_due(), std::nullopt);
}

TEST(Delays, KeepTheOrderOfWhatIsDueTogether) {
  Delays<int> delays{100};
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(delays.put(int{i}, 5));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(delays.take(5), i);
}

TEST(Delays, RefuseWhatIsTooMuchAndLeaveItAsItIs) {
  Delays<std::unique_ptr<int>> delays{2};
  ASSERT_TRUE(delays.put(std::make_unique<int>(1), 1));
  ASSERT_TRUE(delays.put(std::make_unique<int>(2), 2));
  auto third = std::make_unique<int>(3);
  EXPECT_FALSE(delays.put(std::move(third), 3));
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(**delays.take(2), 1);
  EXPECT_TRUE(delays.put(std::move(third), 3));
}

TEST(Delays, AllocateNothing) {
  Delays<int> delays{64};
  const std::size_t before = test::allocation_count();
  for (int i = 0; i < 64; ++i) static_cast<void>(delays.put(int{i}, unsigned(64 - i)));
  while (delays.take(64)) {
  }
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace weir::gate
