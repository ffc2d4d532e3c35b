// Compressors: frames that stand alone, levels.
#include "savefile/compress/compressor.h"

#include <gtest/gtest.h>
#include <lz4frame.h>
#include <zstd.h>

#include "savefile/compress/decompressed_source.h"
#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

constexpr Compression all[] = {Compression::gzip, Compression::zstd, Compression::lz4,
                               Compression::xz};

std::vector<std::uint8_t> unpacked(Compression compression, Bytes frame) {
  DecompressedSource source{compression, frame, nullptr, "name"};
  std::vector<std::uint8_t> out;
  std::vector<std::uint8_t> room(1 << 16);
  for (;;) {
    const ReadResult result = source.read(room, std::nullopt);
    if (result.state != ReadState::bytes) break;
    out.insert(out.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(result.size));
  }
  return out;
}

// Half of it noise, which does not compress.
std::vector<std::uint8_t> content(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    bytes[i] = i % 8192 < 4096 ? static_cast<std::uint8_t>(state >> 24) : 7;
  }
  return bytes;
}

std::vector<std::uint8_t> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

TEST(Compressor, MakesFramesThatCanBeUnpackedOneByOne) {
  for (const Compression compression : all) {
    const auto compressor = make_compressor(compression, std::nullopt);
    for (const std::size_t size : {1U, 100U, 1'500'001U, 3U}) {
      const auto bytes = content(size);
      EXPECT_EQ(unpacked(compression, compressor->frame(bytes)), bytes) << name(compression);
    }
  }
}

TEST(Compressor, MakesTheSameOfTheSame) {
  const auto bytes = content(50'000);
  for (const Compression compression : all) {
    const auto compressor = make_compressor(compression, std::nullopt);
    const auto first = copy(compressor->frame(bytes));
    EXPECT_FALSE(compressor->frame(content(70'000)).empty());
    EXPECT_EQ(first, copy(compressor->frame(bytes))) << name(compression);
    EXPECT_LT(first.size(), bytes.size() * 2 / 3) << name(compression);
  }
}

TEST(Compressor, OfNoneIsNull) { EXPECT_EQ(make_compressor(Compression::none, 3), nullptr); }

TEST(Compressor, SaysTheSizeOfTheContentUpFront) {
  const auto bytes = content(12'345);
  const auto zstd = test::packed(Compression::zstd, {bytes});
  EXPECT_EQ(ZSTD_getFrameContentSize(zstd.data(), zstd.size()), bytes.size());
  const auto lz4 = test::packed(Compression::lz4, {bytes});
  LZ4F_dctx* context = nullptr;
  ASSERT_EQ(LZ4F_createDecompressionContext(&context, LZ4F_VERSION), 0U);
  LZ4F_frameInfo_t frame{};
  std::size_t size = lz4.size();
  EXPECT_EQ(LZ4F_isError(LZ4F_getFrameInfo(context, &frame, lz4.data(), &size)), 0U);
  LZ4F_freeDecompressionContext(context);
  EXPECT_EQ(frame.contentSize, bytes.size());
}

struct Range {
  Compression compression;
  int lowest;
  int usual;
  int highest;
  const char* refusal;
};

constexpr Range ranges[] = {
    {Compression::gzip, 1, 6, 9, "gzip has no level 99: 1 to 9"},
    {Compression::zstd, 1, 3, 19, "zstd has no level 99: 1 to 19"},
    {Compression::lz4, 1, 1, 12, "lz4 has no level 99: 1 to 12"},
    {Compression::xz, 0, 6, 9, "xz has no level 99: 0 to 9"},
};

std::vector<std::uint8_t> at_level(Compression compression, std::optional<int> level) {
  const auto bytes = content(60'000);
  const auto out = copy(make_compressor(compression, level)->frame(bytes));
  EXPECT_EQ(unpacked(compression, out), bytes) << name(compression);
  return out;
}

TEST(Compressor, TakesEveryLevelOfItsRange) {
  for (const Range& range : ranges) {
    for (int level = range.lowest; level <= range.highest; ++level) {
      EXPECT_FALSE(at_level(range.compression, level).empty());
    }
    EXPECT_EQ(at_level(range.compression, range.usual), at_level(range.compression, std::nullopt));
    EXPECT_NE(at_level(range.compression, range.lowest),
              at_level(range.compression, range.highest));
  }
}

TEST(Compressor, RefusesOtherLevelsAndNamesTheRange) {
  for (const Range& range : ranges) {
    for (const int level : {range.lowest - 1, range.highest + 1, 99}) {
      try {
        (void)make_compressor(range.compression, level);
        ADD_FAILURE() << name(range.compression) << " took " << level;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        if (level == 99) {
          EXPECT_STREQ(error.what(), range.refusal);
        }
      }
    }
  }
}

}  // namespace
}  // namespace weir::savefile
