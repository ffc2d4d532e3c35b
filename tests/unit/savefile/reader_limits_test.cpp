// What a reader does not take is told as its limit, and skippable frames may stand in front.
#include <gtest/gtest.h>

#include "capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;

/// A zstd frame (RFC 8878 3.1.1) of one raw block, with the bytes given behind its magic number.
std::vector<std::uint8_t> zstd_frame(std::string_view header, Bytes content) {
  CaptureBytes frame;
  frame.u32(0xfd2fb528).text(header);
  const auto block = static_cast<std::uint32_t>(content.size() << 3 | 1);
  frame.u16(static_cast<std::uint16_t>(block)).u8(static_cast<std::uint8_t>(block >> 16));
  frame.text({reinterpret_cast<const char*>(content.data()), content.size()});
  return frame.bytes();
}

std::vector<std::uint8_t> capture() {
  return CaptureBytes{}.pcap_header().record(1, 2, "abc").record(2, 2, "def").bytes();
}

std::string window(unsigned log) { return {'\0', static_cast<char>((log - 10) << 3)}; }

TEST(ReaderLimits, OfAZstdWindowAreNoDamage) {
  EXPECT_EQ(read_memory(zstd_frame(window(27), capture())).packets.size(), 2U);
  for (const unsigned log : {28U, 31U, 41U}) {
    try {
      const Reader reader = Reader::memory(zstd_frame(window(log), capture()));
      ADD_FAILURE() << log;
    } catch (const FormatError& error) {
      EXPECT_EQ(error.code(), ErrorCode::unsupported_format) << log;
      EXPECT_STREQ(error.what(),
                   "memory, offset 0: to decompress it takes a window of more than 128 MiB; "
                   "zstd -d --long=31 decompresses it");
    }
  }
}

TEST(ReaderLimits, AreMetBehindWhatCouldBeRead) {
  auto file = zstd_frame(window(20), capture());
  const auto second = zstd_frame(window(31), capture());
  file.insert(file.end(), second.begin(), second.end());
  const Outcome outcome = read_memory(file);
  EXPECT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
}

TEST(ReaderLimits, OfAZstdDictionaryAreNoDamage) {
  const std::string header{'\1', '\0', '\7'};  // with the number of a dictionary
  const Outcome outcome = read_memory(zstd_frame(header, capture()));
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
  EXPECT_NE(outcome.message.find("zstd -d -D"), std::string::npos) << outcome.message;
}

CaptureBytes skippable(std::uint32_t number, std::size_t size) {
  return CaptureBytes{}
      .u32(0x184d2a50 + number)
      .u32(static_cast<std::uint32_t>(size))
      .text(std::string(size, 's'));
}

std::vector<std::uint8_t> behind(CaptureBytes front, Bytes rest) {
  front.text({reinterpret_cast<const char*>(rest.data()), rest.size()});
  return front.bytes();
}

TEST(SkippableFrames, InFrontAreOfZstdOrOfLz4) {
  for (const Compression compression : {Compression::zstd, Compression::lz4}) {
    const auto packed = test::packed(compression, {capture()});
    for (const std::size_t size : {0U, 4U, 200'000U}) {
      const auto file = behind(skippable(15, size), behind(skippable(0, 3), packed));
      EXPECT_EQ(Reader::memory(file).compression(), compression);
      for (const Outcome& outcome : {read_memory(file), test::read_pipe(file, 7)}) {
        EXPECT_TRUE(outcome.complete()) << outcome.message;
        EXPECT_EQ(outcome.packets.size(), 2U) << name(compression) << size;
      }
    }
  }
}

TEST(SkippableFrames, AloneAreAnEmptyFile) {
  EXPECT_EQ(read_memory(skippable(1, 9).bytes()).error, ErrorCode::empty_file);
}

TEST(SkippableFrames, BeforeSomethingElseAreNoCapture) {
  const auto outcome = read_memory(behind(skippable(1, 9), capture()));
  EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
  EXPECT_TRUE(outcome.packets.empty());
}

TEST(SkippableFrames, CutShortAreTold) {
  auto file = skippable(1, 9).bytes();
  file.pop_back();
  EXPECT_EQ(read_memory(file).error, ErrorCode::compression_damaged);
}

}  // namespace
}  // namespace weir::savefile
