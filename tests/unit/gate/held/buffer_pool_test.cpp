// BufferPool: memory is used again, and not kept without bound.
#include "gate/held/buffer_pool.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/allocations.h"

namespace weir::gate {
namespace {

TEST(BufferPool, GivesWhatIsAskedForAndUsesItAgain) {
  BufferPool pool;
  for (const std::size_t size : {1U, 2'048U, 2'049U, 65'536U, 262'656U, 262'657U}) {
    const Buffer buffer = pool.take(size);
    EXPECT_GE(buffer.bytes().size(), size);
  }
  const std::uint8_t* const first = pool.take(1'500).bytes().data();
  const std::size_t before = test::allocation_count();
  const Buffer again = pool.take(600);
  EXPECT_EQ(again.bytes().data(), first);
  EXPECT_EQ(test::allocation_count(), before);
  const Buffer other = pool.take(600);
  EXPECT_NE(other.bytes().data(), first);
}

TEST(BufferPool, GivesMovedBuffersBackOnce) {
  BufferPool pool;
  Buffer one = pool.take(100);
  Buffer two = std::move(one);
  EXPECT_TRUE(one.is_empty());  // NOLINT: what is left of it is the question
  one = std::move(two);
  EXPECT_FALSE(one.is_empty());
  one.reset();
  EXPECT_TRUE(one.is_empty());
  const Buffer three = pool.take(100);
  const Buffer four = pool.take(100);
  EXPECT_NE(three.bytes().data(), four.bytes().data());
}

TEST(BufferPool, KeepsNoMoreThanItSays) {
  BufferPool pool;
  std::vector<Buffer> many;
  constexpr std::size_t size = 200'000;
  for (std::size_t i = 0; i < 2 * BufferPool::most_kept / size; ++i)
    many.push_back(pool.take(size));
  many.clear();
  std::size_t kept = 0;
  for (;; ++kept) {
    many.reserve(kept + 1);
    const std::size_t before = test::allocation_count();
    many.push_back(pool.take(size));
    if (test::allocation_count() != before) break;
  }
  EXPECT_GT(kept, 0U);
  EXPECT_LE(kept * size, BufferPool::most_kept);
}

TEST(BufferPool, GivesNoMoreThanIsAllowed) {
  BufferPool pool;
  constexpr std::size_t most = 20'000;
  std::vector<Buffer> taken;
  for (int i = 0; i < 9; ++i) taken.push_back(pool.take(100, most));
  EXPECT_EQ(pool.in_use(), 9U * 2'048);
  EXPECT_TRUE(pool.take(100, most).is_empty());
  EXPECT_FALSE(pool.take(100).is_empty()) << "for others";
  EXPECT_EQ(pool.in_use(), 9U * 2'048);
  taken.pop_back();
  EXPECT_FALSE(pool.take(100, most).is_empty());
  taken.clear();
  EXPECT_TRUE(pool.take(300'000, most).is_empty());
  EXPECT_FALSE(pool.take(300'000, 300'000).is_empty());
  EXPECT_EQ(pool.in_use(), 0U);
}

}  // namespace
}  // namespace weir::gate
