// Compressed captures of every kind: whole, cut, damaged, followed by something else.
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::packed;
using test::read_memory;
using test::read_pipe;

constexpr std::size_t header_size = 24;
constexpr std::size_t record_size = 16 + 40;

// A capture of records that are all as long, and differ.
std::vector<std::uint8_t> capture(std::uint32_t packets) {
  CaptureBytes file;
  file.pcap_header();
  for (std::uint32_t i = 0; i < packets; ++i) {
    std::string data = "packet " + std::to_string(i * 7919);
    data.resize(40, 'z');
    file.record(i, i, data);
  }
  return file.bytes();
}

std::size_t end_of_packet(std::size_t number) { return header_size + number * record_size; }

class Compressed : public testing::TestWithParam<Compression> {
 protected:
  // Frames that end behind these packets.
  static std::vector<std::uint8_t> frames(Bytes whole, const std::vector<std::size_t>& packets) {
    std::vector<std::uint8_t> out;
    std::size_t from = 0;
    for (const std::size_t number : packets) {
      const std::size_t to = end_of_packet(number);
      const auto frame = packed(GetParam(), {whole.subspan(from, to - from)});
      out.insert(out.end(), frame.begin(), frame.end());
      from = to;
    }
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(, Compressed,
                         testing::Values(Compression::gzip, Compression::zstd, Compression::lz4,
                                         Compression::xz),
                         [](const auto& one) { return std::string{name(one.param)}; });

TEST_P(Compressed, IsRecognisedByItsMagic) {
  const auto compressed = packed(GetParam(), {capture(1)});
  const Reader reader = Reader::memory(compressed);
  EXPECT_EQ(reader.compression(), GetParam());
  EXPECT_EQ(reader.format(), Format::pcap);
}

TEST_P(Compressed, ReadsSeveralFramesAsOneStreamWhereverTheyEnd) {
  const std::vector<std::uint8_t> whole = capture(20'000);
  const Bytes bytes{whole};
  const auto compressed = packed(GetParam(), {bytes.first(1), bytes.subspan(1, 9),
                                              bytes.subspan(10, 600'000), bytes.subspan(600'010)});
  for (const Outcome& outcome : {read_memory(compressed), read_pipe(compressed, 4096)}) {
    EXPECT_TRUE(outcome.complete()) << outcome.message;
    ASSERT_EQ(outcome.packets.size(), 20'000U);
    EXPECT_EQ(outcome.text(19'999).substr(0, 16), "packet " + std::to_string(19'999 * 7919));
    EXPECT_EQ(outcome.counts.stream_bytes, whole.size());
  }
}

TEST_P(Compressed, CutAnywhereDeliversWhatIsWholeAndEndsWellBehindAFrame) {
  const std::vector<std::uint8_t> whole = capture(30);
  const std::vector<std::size_t> packets = {7, 8, 30};
  const auto compressed = frames(whole, packets);
  std::vector<std::size_t> ends;
  for (std::size_t i = 1; i <= packets.size(); ++i) {
    ends.push_back(frames(whole, {packets.begin(), packets.begin() + static_cast<int>(i)}).size());
  }
  std::size_t most = 0;
  for (std::size_t size = 6; size <= compressed.size(); ++size) {
    const Bytes cut = Bytes{compressed}.first(size);
    const Outcome outcome = read_memory(cut);
    const auto end = std::ranges::find(ends, size);
    if (end != ends.end()) {
      EXPECT_TRUE(outcome.complete()) << size << " " << outcome.message;
      EXPECT_EQ(outcome.packets.size(), packets[static_cast<std::size_t>(end - ends.begin())]);
    } else {
      EXPECT_EQ(outcome.error, ErrorCode::compression_damaged) << size << " " << outcome.message;
      EXPECT_NE(outcome.message.find("the compressed stream is cut short"), std::string::npos);
    }
    EXPECT_GE(outcome.packets.size(), most) << size;
    most = outcome.packets.size();
    EXPECT_EQ(read_pipe(cut, 9).packets.size(), most) << size;
  }
  EXPECT_EQ(most, 30U);
}

TEST_P(Compressed, CutInsideALongFrameDeliversWhatCameBefore) {
  CaptureBytes file;
  file.pcap_header();
  std::uint32_t state = 1;
  for (std::uint32_t i = 0; i < 60'000; ++i) {
    std::string noise(40, ' ');
    for (char& octet : noise)
      octet = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    file.record(i, 0, noise);
  }
  const auto compressed = packed(GetParam(), {file.bytes()});
  const Outcome outcome = read_memory(Bytes{compressed}.first(compressed.size() / 10 * 9));
  EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
  // An lz4 block is a megabyte, and nothing of it is to be had before its end.
  EXPECT_GT(outcome.packets.size(), 35'000U);
  EXPECT_LT(outcome.packets.size(), 60'000U);
}

TEST_P(Compressed, DamagedInASecondFrameDeliversTheWholeFirst) {
  const std::vector<std::uint8_t> whole = capture(2'000);
  auto compressed = frames(whole, {1'000});
  const std::size_t second = compressed.size();
  compressed = frames(whole, {1'000, 2'000});
  std::fill_n(compressed.begin() + static_cast<std::ptrdiff_t>(second + 12), 24, 0xff);
  for (const Outcome& outcome : {read_memory(compressed), read_pipe(compressed, 4096)}) {
    EXPECT_EQ(outcome.error, ErrorCode::compression_damaged) << outcome.message;
    EXPECT_GE(outcome.offset, end_of_packet(1'000));
    EXPECT_GE(outcome.packets.size(), 1'000U);
    EXPECT_LT(outcome.packets.size(), 2'000U);
    EXPECT_EQ(outcome.text(999).substr(0, 14), "packet 7911081");
  }
}

TEST_P(Compressed, FollowedByOtherBytesIsDamagedBehindItsLastPacket) {
  for (const std::string_view more : {"x", "PK\3\4 something else", "\xd4\xc3\xb2\xa1"}) {
    auto compressed = packed(GetParam(), {capture(3)});
    compressed.insert(compressed.end(), more.begin(), more.end());
    for (const Outcome& outcome : {read_memory(compressed), read_pipe(compressed, 7)}) {
      EXPECT_EQ(outcome.packets.size(), 3U);
      EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
      EXPECT_EQ(outcome.offset, end_of_packet(3));
      EXPECT_NE(outcome.message.find("there are other bytes behind the compressed stream"),
                std::string::npos)
          << outcome.message;
    }
  }
}

TEST_P(Compressed, WithAnyByteChangedNeverPassesForSomethingElse) {
  const std::vector<std::uint8_t> whole = capture(20);
  const auto compressed = frames(whole, {10, 20});
  const Outcome expected = read_memory(compressed);
  ASSERT_EQ(expected.packets.size(), 20U);
  for (std::size_t at = 0; at < compressed.size(); ++at) {
    for (const int change : {0x01, 0x10, 0x80, 0xff}) {
      auto changed = compressed;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ change);
      const Outcome outcome = read_memory(changed);
      // lz4 frames have no checksum of their content.
      if (!outcome.complete() || GetParam() == Compression::lz4) continue;
      ASSERT_EQ(outcome.packets.size(), 20U) << at;
      for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(outcome.text(i), expected.text(i)) << at;
    }
  }
}

TEST_P(Compressed, OfSomethingElseIsNoCapture) {
  EXPECT_EQ(read_memory(packed(GetParam(), {CaptureBytes{}.text("just text").bytes()})).error,
            ErrorCode::not_a_capture);
  const auto once = packed(GetParam(), {capture(1)});
  EXPECT_EQ(read_memory(packed(GetParam(), {once})).error, ErrorCode::not_a_capture);
}

TEST_P(Compressed, CutRecordInsideAWholeStreamIsTruncated) {
  const std::vector<std::uint8_t> whole = capture(10);
  const Outcome outcome = read_memory(packed(GetParam(), {Bytes{whole}.first(whole.size() - 1)}));
  EXPECT_EQ(outcome.error, ErrorCode::truncated);
  EXPECT_EQ(outcome.packets.size(), 9U);
}

}  // namespace
}  // namespace weir::savefile
