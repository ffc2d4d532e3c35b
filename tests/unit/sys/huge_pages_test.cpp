// Memory that grows across the border between heap and mappings, and back.
#include "sys/huge_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <new>

namespace weir::sys {
namespace {

constexpr std::size_t mebi = std::size_t{1} << 20U;

/// Octets that say where they lie.
void fill(std::uint8_t* data, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) data[i] = static_cast<std::uint8_t>(i % 251);
}

bool is_filled(const std::uint8_t* data, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] != i % 251) return false;
  }
  return true;
}

TEST(HugePages, KeepWhatIsInThemAtEverySize) {
  HugePages pages;
  const std::size_t sizes[] = {1000,          mebi - 1, mebi,         2 * mebi, 4 * mebi + 7,
                               16 * mebi + 1, 3 * mebi, 3 * mebi - 9, 5 * mebi, 10};
  std::uint8_t* data = nullptr;
  std::size_t size = 0;
  for (const std::size_t wanted : sizes) {
    data = pages.resize(data, size, wanted);
    ASSERT_TRUE(is_filled(data, std::min(size, wanted))) << wanted;
    if (wanted >= mebi) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data) % (2 * mebi), 0U);
    }
    if (wanted > size) fill(data, size, wanted);
    size = wanted;
  }
  pages.free(data, size);
}

TEST(HugePages, StayWhereThereIsNoMoreMemory) {
  HugePages pages;
  std::uint8_t* const data = pages.resize(nullptr, 0, 3 * mebi);
  fill(data, 0, 3 * mebi);
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t size : {most / 4, most / 2, most}) {
    EXPECT_THROW(static_cast<void>(pages.resize(data, 3 * mebi, size)), std::bad_alloc);
  }
  EXPECT_TRUE(is_filled(data, 3 * mebi));
  pages.free(data, 3 * mebi);
}

}  // namespace
}  // namespace weir::sys
