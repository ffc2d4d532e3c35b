// Texts chosen to collide under a hash without a key.
#include "record/column/text_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <unordered_set>

namespace weir::record {
namespace {

// The steps of std::hash<std::string_view> in libstdc++ on 64 bits: MurmurHash64A, its seed fixed.
constexpr std::uint64_t factor = 0xc6a4a7935bd1e995;
constexpr std::uint64_t seed = 0xc70f6907;

constexpr std::uint64_t inverse_of(std::uint64_t odd) {
  std::uint64_t inverse = odd;
  for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
  return inverse;
}

constexpr std::uint64_t mixed(std::uint64_t word) {
  word *= factor;
  word ^= word >> 47;
  return word * factor;
}

constexpr std::uint64_t unmixed(std::uint64_t word) {
  word *= inverse_of(factor);
  word ^= word >> 47;
  return word * inverse_of(factor);
}

/// Sixteen octets whose hash is that of all others made so.
std::string colliding(std::uint64_t first) {
  const std::uint64_t begun = ((seed ^ 16 * factor) ^ mixed(first)) * factor;
  const std::uint64_t words[] = {first, unmixed(begun ^ 0x1234567812345678 * inverse_of(factor))};
  return {reinterpret_cast<const char*>(words), sizeof words};
}

/// How many texts are looked at to find the worst one.
template <class Hash>
std::size_t longest_search() {
  std::unordered_set<std::string, Hash, std::equal_to<>> texts;
  for (std::uint64_t i = 0; i < 4000; ++i) texts.insert(colliding(0x2000 + i * 7919));
  EXPECT_EQ(texts.size(), 4000U);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < texts.bucket_count(); ++i) {
    longest = std::max(longest, texts.bucket_size(i));
  }
  return longest;
}

TEST(TextHash, SpreadsWhatCollidesWithoutItsKey) {
#ifdef __GLIBCXX__
  ASSERT_EQ(longest_search<std::hash<std::string>>(), 4000U) << "they do collide";
#endif
  EXPECT_LT(longest_search<TextHash>(), 16U);
}

TEST(TextHash, TellsTextsOfEveryLengthApart) {
  const TextHash hash;
  std::unordered_set<std::size_t> seen;
  for (std::size_t length = 0; length < 100; ++length) {
    seen.insert(hash(std::string(length, '\0')));
    seen.insert(hash(std::string(length, 'a') + 'b'));
  }
  EXPECT_EQ(seen.size(), 200U);
  EXPECT_EQ(hash("abc"), hash(std::string{"abc"}));
}

}  // namespace
}  // namespace weir::record
