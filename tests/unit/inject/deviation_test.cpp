// The histogram of deviations beside all of them, sorted.
#include "weir/inject/deviation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "support/allocations.h"

namespace weir::inject {
namespace {

/// What `share` of the sorted do not exceed.
std::int64_t exact(const std::vector<std::int64_t>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(deviation, agrees_with_sorting_to_a_sixty_fourth) {
  std::mt19937_64 random{7};
  std::vector<std::int64_t> all;
  Deviation deviation;
  for (int i = 0; i < 100'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (random() % 63 + 1));
    all.push_back(value);
    deviation.add(Duration{value});
  }
  std::ranges::sort(all);
  EXPECT_EQ(deviation.count(), all.size());
  EXPECT_EQ(deviation.max().count(), all.back());
  for (const double share : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const std::int64_t right = exact(all, share);
    const std::int64_t told = deviation.quantile(share).count();
    EXPECT_GE(told, right) << share;
    EXPECT_LE(told - right, right / 64) << share;
  }
}

TEST(deviation, is_exact_where_it_is_small) {
  for (std::int64_t value = 0; value < 64; ++value) {
    Deviation deviation;
    deviation.add(Duration{value});
    deviation.add(Duration{1000});
    EXPECT_EQ(deviation.quantile(0.5).count(), value);
  }
}

TEST(deviation, has_room_for_every_duration) {
  Deviation deviation;
  deviation.add(Duration::max());
  EXPECT_EQ(deviation.quantile(1), Duration::max());
  deviation.add(Duration::min(), 3);
  EXPECT_EQ(deviation.quantile(0.5), Duration::zero());
  EXPECT_EQ(deviation.count(), 4u);
}

TEST(deviation, of_nothing_is_nothing) {
  EXPECT_EQ(Deviation{}.quantile(0.99), Duration::zero());
  EXPECT_EQ(Deviation{}.max(), Duration::zero());
}

TEST(deviation, allocates_nothing) {
  Deviation deviation;
  const std::size_t before = test::allocation_count();
  for (std::int64_t i = 0; i < 10'000; ++i) deviation.add(Duration{i * i * i});
  static_cast<void>(deviation.quantile(0.99));
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace weir::inject
