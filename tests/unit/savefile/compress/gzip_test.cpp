// Compressed captures.
#include <gtest/gtest.h>

#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::gzip;
using test::Outcome;
using test::read_memory;
using test::read_pipe;

std::vector<std::uint8_t> capture(std::uint32_t packets) {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < packets; ++i) file.record(i, 0, std::string(i % 50, 'z'));
  return file.bytes();
}

TEST(Gzip, IsRecognisedByItsMagic) {
  const auto compressed = gzip({capture(1)});
  const Reader reader = Reader::memory(compressed);
  EXPECT_EQ(reader.compression(), Compression::gzip);
  EXPECT_EQ(reader.format(), Format::pcap);
}

TEST(Gzip, ReadsSeveralMembersAsOneStream) {
  const std::vector<std::uint8_t> whole = capture(20'000);
  const Bytes bytes{whole};
  const auto compressed =
      gzip({bytes.first(10), bytes.subspan(10, 100'000), {}, bytes.subspan(100'010)});
  for (const Outcome& outcome : {read_memory(compressed), read_pipe(compressed, 4096)}) {
    EXPECT_TRUE(outcome.complete()) << outcome.message;
    ASSERT_EQ(outcome.packets.size(), 20'000U);
    EXPECT_EQ(outcome.text(19'999).size(), 19'999U % 50);
    EXPECT_EQ(outcome.counts.stream_bytes, whole.size());
  }
}

TEST(Gzip, ReadsCompressedPcapng) {
  const auto compressed =
      gzip({CaptureBytes{}.section().interface().enhanced(0, 1, "abc").bytes()});
  EXPECT_EQ(read_memory(compressed).packets.size(), 1U);
}

TEST(Gzip, CutAnywhereDeliversWhatCouldBeRead) {
  const std::vector<std::uint8_t> whole = capture(30);
  const auto compressed = gzip({whole});
  std::size_t most = 0;
  for (std::size_t size = 2; size < compressed.size(); ++size) {
    const Bytes cut = Bytes{compressed}.first(size);
    const Outcome outcome = read_memory(cut);
    EXPECT_EQ(outcome.error, ErrorCode::compression_damaged) << size << " " << outcome.message;
    EXPECT_GE(outcome.packets.size(), most) << size;
    most = outcome.packets.size();
    EXPECT_EQ(read_pipe(cut, 9).packets.size(), most) << size;
  }
  EXPECT_EQ(most, 30U);
  EXPECT_TRUE(read_memory(compressed).complete());
}

TEST(Gzip, DamagedDeliversWhatComesBeforeTheDamage) {
  const std::vector<std::uint8_t> whole = capture(2'000);
  const Bytes bytes{whole};
  auto compressed = gzip({bytes.first(whole.size() / 2)});
  const auto second = gzip({bytes.subspan(whole.size() / 2)});
  const std::size_t damage = compressed.size() + 10;
  compressed.insert(compressed.end(), second.begin(), second.end());
  compressed[damage] = 0x07;  // a block type deflate does not have (RFC 1951 3.2.3)
  const Outcome outcome = read_memory(compressed);
  EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
  EXPECT_GE(outcome.offset, whole.size() / 2);
  EXPECT_GT(outcome.packets.size(), 900U);
  EXPECT_LT(outcome.packets.size(), 2'000U);
}

TEST(Gzip, WithAWrongChecksumIsDamagedBehindTheLastPacket) {
  auto compressed = gzip({capture(3)});
  compressed[compressed.size() - 8] ^= 1;
  const Outcome outcome = read_memory(compressed);
  EXPECT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
}

TEST(Gzip, MayBePaddedWithZerosButNotFollowedByOtherBytes) {
  auto compressed = gzip({capture(3)});
  compressed.insert(compressed.end(), 600, 0);
  EXPECT_TRUE(read_memory(compressed).complete());
  compressed.push_back('x');
  const Outcome outcome = read_memory(compressed);
  EXPECT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
}

TEST(Gzip, OfSomethingElseIsNoCapture) {
  EXPECT_EQ(read_memory(gzip({CaptureBytes{}.text("just some text").bytes()})).error,
            ErrorCode::not_a_capture);
  EXPECT_EQ(read_memory(gzip({Bytes{}})).error, ErrorCode::empty_file);
}

TEST(Gzip, CutRecordInsideAWholeStreamIsTruncated) {
  const std::vector<std::uint8_t> whole = capture(10);
  const Outcome outcome = read_memory(gzip({Bytes{whole}.first(whole.size() - 1)}));
  EXPECT_EQ(outcome.error, ErrorCode::truncated);
  EXPECT_EQ(outcome.packets.size(), 9U);
}

}  // namespace
}  // namespace weir::savefile
