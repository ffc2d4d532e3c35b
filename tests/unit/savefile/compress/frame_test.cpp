// What only some compressions have: skippable frames, padding, windows that take too much memory.
#include <gtest/gtest.h>
#include <zlib.h>

#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::packed;
using test::read_memory;
using test::read_pipe;

std::vector<std::uint8_t> capture(std::uint32_t from, std::uint32_t packets) {
  CaptureBytes file;
  if (from == 0) file.pcap_header();
  for (std::uint32_t i = from; i < from + packets; ++i) file.record(i, 0, "abc");
  return file.bytes();
}

std::vector<std::uint8_t> skippable(std::uint32_t number, std::uint32_t size) {
  CaptureBytes frame;
  frame.u32(0x184d2a50 + number).u32(size).text(std::string(size, '\x28'));
  return frame.bytes();
}

std::vector<std::uint8_t> joined(const std::vector<std::vector<std::uint8_t>>& parts) {
  std::vector<std::uint8_t> out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

void expect_packets(const std::vector<std::uint8_t>& file, std::size_t packets) {
  for (const Outcome& outcome : {read_memory(file), read_pipe(file, 3)}) {
    EXPECT_TRUE(outcome.complete()) << outcome.message;
    EXPECT_EQ(outcome.packets.size(), packets);
  }
}

TEST(SkippableFrames, ArePassedOverBetweenAndBehindFrames) {
  for (const Compression compression : {Compression::zstd, Compression::lz4}) {
    const auto first = packed(compression, {capture(0, 2)});
    const auto second = packed(compression, {capture(2, 3)});
    expect_packets(
        joined({first, skippable(0, 9), skippable(15, 0), second, skippable(7, 300'000)}), 5);
  }
}

TEST(SkippableFrames, MayComeFirstInAZstdFile) {
  const auto file = joined({skippable(0, 4), packed(Compression::zstd, {capture(0, 2)})});
  expect_packets(file, 2);
  EXPECT_EQ(Reader::memory(file).compression(), Compression::zstd);
  EXPECT_EQ(read_memory(skippable(3, 100)).error, ErrorCode::empty_file);
}

TEST(SkippableFrames, CutShortAreDamage) {
  const auto first = packed(Compression::lz4, {capture(0, 2)});
  const auto whole = joined({first, skippable(0, 30)});
  for (std::size_t size = first.size() + 1; size < whole.size(); ++size) {
    const Outcome outcome = read_memory(Bytes{whole}.first(size));
    EXPECT_EQ(outcome.error, ErrorCode::compression_damaged) << size;
    EXPECT_EQ(outcome.packets.size(), 2U) << size;
  }
}

TEST(XzStreams, MayBePaddedWithZerosInFours) {
  const auto first = packed(Compression::xz, {capture(0, 2)});
  const auto second = packed(Compression::xz, {capture(2, 3)});
  for (std::size_t zeros = 0; zeros < 13; ++zeros) {
    const std::vector<std::uint8_t> padding(zeros, 0);
    const auto between = joined({first, padding, second});
    const auto behind = joined({first, second, padding});
    if (zeros % 4 == 0) {
      expect_packets(between, 5);
      expect_packets(behind, 5);
      continue;
    }
    EXPECT_EQ(read_memory(between).error, ErrorCode::compression_damaged);
    EXPECT_EQ(read_pipe(between, 1).packets.size(), 2U);
    EXPECT_EQ(read_memory(behind).error, ErrorCode::compression_damaged);
    EXPECT_EQ(read_pipe(behind, 1).packets.size(), 5U);
  }
}

TEST(ZstdFrames, MayNotBePaddedWithZeros) {
  const auto file = joined({packed(Compression::zstd, {capture(0, 2)}), {0, 0, 0, 0}});
  EXPECT_EQ(read_memory(file).error, ErrorCode::compression_damaged);
}

// RFC 8878 3.1.1: a frame of one raw block, with a window of 2 to the power of this.
std::vector<std::uint8_t> zstd_frame(unsigned window_log, Bytes content) {
  CaptureBytes frame;
  const auto block = static_cast<std::uint32_t>(content.size() << 3 | 1);
  frame.u32(0xfd2fb528).u8(0).u8(static_cast<std::uint8_t>((window_log - 10) << 3));
  frame.u16(static_cast<std::uint16_t>(block)).u8(static_cast<std::uint8_t>(block >> 16));
  return joined({frame.bytes(), {content.begin(), content.end()}});
}

TEST(ZstdFrames, MayNeedAWindowOf128MiBAndNoMore) {
  expect_packets(zstd_frame(27, capture(0, 2)), 2);
  const Outcome outcome = read_memory(zstd_frame(28, capture(0, 2)));
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
  EXPECT_EQ(outcome.message,
            "memory, offset 0: to decompress it takes a window of more than 128 MiB; "
            "zstd -d --long=31 decompresses it");
}

TEST(XzStreams, MayNotNeedMoreThan256MiB) {
  CaptureBytes stream;  // its header, then that of a block with LZMA2 and a dictionary of 256 MiB
  stream.text({"\xfd\x37zXZ\0\0\4\xe6\xd6\xb4\x46", 12});
  CaptureBytes block;
  block.u8(2).u8(0).u8(0x21).u8(1).u8(32).u8(0).u8(0).u8(0);
  const auto sum = crc32(0, block.bytes().data(), static_cast<unsigned>(block.size()));
  block.u32(static_cast<std::uint32_t>(sum));
  const Outcome outcome = read_memory(joined({stream.bytes(), block.bytes()}));
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
  EXPECT_EQ(outcome.message,
            "memory, offset 0: to decompress it takes more than 256 MiB of memory; "
            "xz -d decompresses it");
}

}  // namespace
}  // namespace weir::savefile
