// The internet checksum against the RFCs' examples and against a naive loop.
#include "weir/wire/checksum.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "support/view_checks.h"

namespace weir::wire {
namespace {

using test::exactly;
using test::hex;

// RFC 1071 4.1, written from its definition.
std::uint16_t naive_sum(Bytes bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    sum += static_cast<std::uint32_t>(bytes[at] << 8);
    if (at + 1 < bytes.size()) sum += bytes[at + 1];
    if (sum > 0xffff) sum = (sum & 0xffff) + 1;
  }
  return static_cast<std::uint16_t>(sum);
}

std::vector<std::uint8_t> noise(std::size_t size, std::uint32_t seed) {
  std::vector<std::uint8_t> bytes(size);
  for (auto& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(seed >> 24);
  }
  return bytes;
}

TEST(Checksum, MatchesTheExampleOfRfc1071) {
  EXPECT_EQ(word_sum(hex("00 01 f2 03 f4 f5 f6 f7")).folded(), 0xddf2);
  EXPECT_EQ(internet_checksum(hex("00 01 f2 03 f4 f5 f6 f7")), 0x220d);
}

TEST(Checksum, MatchesANaiveLoopForEveryLengthUpTo2048) {
  const auto bytes = noise(2048, 1);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto part = exactly(Bytes{bytes}.first(size));
    ASSERT_EQ(word_sum(part).folded(), naive_sum(part)) << size;
  }
}

TEST(Checksum, MatchesANaiveLoopAtEveryAlignment) {
  const auto bytes = noise(1500 + 64, 2);
  for (std::size_t start = 0; start < 64; ++start) {
    const Bytes part = Bytes{bytes}.subspan(start, 1499);
    ASSERT_EQ(word_sum(part).folded(), naive_sum(part)) << start;
  }
}

TEST(Checksum, CarriesThroughBytesThatAreAllOnes) {
  for (const std::size_t size : {1U, 2U, 15U, 64U, 1500U, 1'000'001U}) {
    const std::vector<std::uint8_t> ones(size, 0xff);
    EXPECT_EQ(word_sum(ones).folded(), naive_sum(ones)) << size;
  }
}

TEST(Checksum, OfPartsOfEvenLengthIsTheirSum) {
  const auto bytes = noise(1499, 3);
  for (std::size_t split = 0; split < bytes.size(); split += 2) {
    const WordSum sum = word_sum(Bytes{bytes}.first(split)) + word_sum(Bytes{bytes}.subspan(split));
    ASSERT_EQ(sum.folded(), naive_sum(bytes)) << split;
  }
}

TEST(Checksum, BringsTheCarryOfASumAround) {
  const WordSum sum = WordSum{~std::uint64_t{0}} + WordSum{1};
  EXPECT_EQ(sum.value, 1U);
}

TEST(Checksum, OfAWordIsThatWord) {
  EXPECT_EQ(WordSum::of(0x1234).folded(), 0x1234);
  EXPECT_EQ((WordSum::of(0xffff) + WordSum::of(2)).folded(), 2);
}

TEST(Checksum, OfAnIpv4PseudoHeaderIsThatOfItsBytes) {
  const Ipv4Address source{{192, 0, 2, 1}};
  const Ipv4Address destination{{198, 51, 100, 2}};
  EXPECT_EQ(pseudo_header_sum(source, destination, 17, 12).folded(),
            naive_sum(hex("c0 00 02 01 c6 33 64 02 00 11 00 0c")));
  EXPECT_EQ(pseudo_header_sum(source, destination, 6, 70'000).folded(),
            naive_sum(hex("c0 00 02 01 c6 33 64 02 00 06 00 01 11 70")));
}

TEST(Checksum, OfAnIpv6PseudoHeaderIsThatOfItsBytes) {
  const Ipv6Address source = *parse_ipv6("2001:db8:1:2:3:4:5:6");
  const Ipv6Address destination = *parse_ipv6("2001:db8:ffff:fffe:fffd:fffc:fffb:fffa");
  EXPECT_EQ(pseudo_header_sum(source, destination, 58, 70'000).folded(),
            naive_sum(hex("20 01 0d b8 00 01 00 02 00 03 00 04 00 05 00 06"
                          "20 01 0d b8 ff ff ff fe ff fd ff fc ff fb ff fa"
                          "00 01 11 70 00 00 00 3a")));
}

TEST(Checksum, WithAPseudoHeaderIsWhatTheSenderWrites) {
  const auto datagram = hex("c0 00 00 35 00 0c 00 00 de ad be ef");
  const auto pseudo =
      pseudo_header_sum(Ipv4Address{{192, 0, 2, 1}}, Ipv4Address{{198, 51, 100, 2}}, 17, 12);
  EXPECT_EQ(internet_checksum(datagram, pseudo), 0xb5cb);
}

TEST(Checksum, UpdatesAsTheExampleOfRfc1624) {
  // RFC 1624 4: a word goes from 0x5555 to 0x3285 under the checksum 0xdd2f.
  EXPECT_EQ(updated_checksum(0xdd2f, 0x5555, 0x3285), 0x0000);
}

TEST(Checksum, UpdatedEqualsComputedAnew) {
  auto bytes = noise(40, 4);
  for (unsigned step = 0; step < 2000; ++step) {
    const std::size_t at = step * 2 % bytes.size();
    const std::uint16_t before = internet_checksum(bytes);
    const auto old_word = load_be<std::uint16_t>(bytes.data() + at);
    const auto new_word = static_cast<std::uint16_t>(step * 40503);
    store_be(bytes.data() + at, new_word);
    ASSERT_EQ(updated_checksum(before, old_word, new_word), internet_checksum(bytes)) << step;
  }
}

TEST(Checksum, AllocatesNothing) {
  const auto bytes = noise(1500, 5);
  const std::size_t before = test::allocation_count();
  const std::uint16_t checksum = internet_checksum(bytes);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(checksum, static_cast<std::uint16_t>(~naive_sum(bytes)));
}

}  // namespace
}  // namespace weir::wire
