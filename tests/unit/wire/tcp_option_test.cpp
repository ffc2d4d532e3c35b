// TCP options, and the walk over options that IPv4 shares.
#include "weir/wire/tcp_option.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

TcpOption first(const std::vector<std::uint8_t>& bytes) { return *TcpOptionList{bytes}.begin(); }

std::vector<int> kinds(Bytes bytes) {
  std::vector<int> seen;
  for (const HeaderOption& option : OptionList{bytes}) seen.push_back(option.kind);
  return seen;
}

TEST(TcpOptions, AreReadInOrder) {
  const auto bytes = hex("02 04 05 b4 04 02 08 0a 00 00 00 01 00 00 00 02 01 03 03 07");
  EXPECT_EQ(kinds(bytes), (std::vector<int>{2, 4, 8, 1, 3}));
  EXPECT_TRUE(TcpOptionList{bytes}.well_formed());
}

TEST(TcpOptions, EndAfterTheEndOfList) {
  const auto bytes = hex("01 00 02 04 05 b4");
  EXPECT_EQ(kinds(bytes), (std::vector<int>{1, 0}));
  EXPECT_TRUE(TcpOptionList{bytes}.well_formed());
}

TEST(TcpOptions, EndBeforeADamagedOption) {
  for (const char* text : {"01 02", "01 02 00", "01 02 01", "01 02 05 05 b4"}) {
    const auto bytes = hex(text);
    EXPECT_EQ(kinds(bytes), (std::vector<int>{1})) << text;
    EXPECT_FALSE(TcpOptionList{bytes}.well_formed()) << text;
  }
  EXPECT_TRUE(kinds({}).empty());
  EXPECT_TRUE(TcpOptionList{Bytes{}}.well_formed());
}

TEST(TcpOptions, NeverReadPastTheirBytes) {
  // Every pair of bytes, in memory of exactly that size.
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    const std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(pair >> 8),
                                          static_cast<std::uint8_t>(pair)};
    std::size_t total = 0;
    for (const HeaderOption& option : OptionList{bytes}) total += 1 + option.data.size();
    ASSERT_LE(total, 2U) << pair;
  }
}

TEST(TcpOptions, ReadEveryKnownKind) {
  EXPECT_EQ(first(hex("02 04 05 b4")).maximum_segment_size(), 1460);
  EXPECT_EQ(first(hex("03 03 07")).window_scale(), 7);
  EXPECT_TRUE(first(hex("04 02")).sack_permitted());
  const auto timestamps = first(hex("08 0a 00 00 00 01 00 00 00 02")).timestamps();
  EXPECT_EQ(timestamps, (TcpTimestamps{.value = 1, .echo_reply = 2}));
  const auto digest = hex("13 12 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f");
  const auto signature = first(digest).md5_signature();
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->size(), 16U);
  EXPECT_EQ((*signature)[15], 15);
  EXPECT_EQ(first(hex("1c 04 00 1e")).user_timeout(), 30U);
  EXPECT_EQ(first(hex("1c 04 80 02")).user_timeout(), 120U);
  const auto with_cookie = hex("22 06 de ad be ef");
  const auto cookie = first(with_cookie).fast_open_cookie();
  ASSERT_TRUE(cookie);
  EXPECT_EQ(exactly(*cookie), hex("de ad be ef"));
  const auto request = hex("22 02");
  EXPECT_TRUE(first(request).fast_open_cookie()->empty());
}

TEST(TcpOptions, ReadEverySackBlock) {
  const auto bytes = hex("05 12 00 00 00 01 00 00 00 02 00 00 00 03 00 00 00 04");
  const TcpOption sack = first(bytes);
  ASSERT_EQ(sack.sack_block_count(), 2U);
  EXPECT_EQ(sack.sack_block(0), (TcpSackBlock{.left = 1, .right = 2}));
  EXPECT_EQ(sack.sack_block(1), (TcpSackBlock{.left = 3, .right = 4}));
  EXPECT_EQ(first(hex("05 09 00 00 00 01 00 00 00")).sack_block_count(), 0U);
}

TEST(TcpOptions, OfAnotherLengthHaveNoValue) {
  EXPECT_FALSE(first(hex("02 03 05")).maximum_segment_size());
  EXPECT_FALSE(first(hex("03 04 07 00")).window_scale());
  EXPECT_FALSE(first(hex("04 03 00")).sack_permitted());
  EXPECT_FALSE(first(hex("08 09 00 00 00 01 00 00 00")).timestamps());
  EXPECT_FALSE(first(hex("13 02")).md5_signature());
  EXPECT_FALSE(first(hex("1c 03 00")).user_timeout());
  EXPECT_FALSE(first(hex("fd 02")).fast_open_cookie());
  EXPECT_FALSE(first(hex("fd 04 05 b4")).maximum_segment_size());
}

TEST(TcpOptions, AllocateNothing) {
  const auto bytes = hex("02 04 05 b4 04 02 08 0a 00 00 00 01 00 00 00 02 01 03 03 07");
  const std::size_t before = test::allocation_count();
  std::size_t options = 0;
  for (const TcpOption option : TcpOptionList{bytes}) options += option.data().size() + 1;
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(options, 16U);
}

}  // namespace
}  // namespace weir::wire
