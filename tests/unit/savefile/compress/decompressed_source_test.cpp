// DecompressedSource above sources that stutter, into buffers of any size.
#include "savefile/compress/decompressed_source.h"

#include <gtest/gtest.h>

#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::packed;

constexpr Compression all[] = {Compression::gzip, Compression::zstd, Compression::lz4,
                               Compression::xz};

std::vector<std::uint8_t> content(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * i >> 9);
  return bytes;
}

std::vector<std::uint8_t> two_frames(Compression compression, Bytes bytes) {
  return packed(compression, {bytes.first(bytes.size() / 3), bytes.subspan(bytes.size() / 3)});
}

// Gives a byte at a time, and between any two of them says first that it timed out, then that it
// was stopped.
class StutteringSource final : public ByteSource {
 public:
  explicit StutteringSource(Bytes bytes) : bytes_{bytes} {}

  ReadResult read(MutableBytes to, const WaitLimit& /*limit*/) override {
    turn_ = (turn_ + 1) % 3;
    if (turn_ != 0) return {0, turn_ == 1 ? ReadState::timeout : ReadState::stopped};
    if (bytes_.empty()) return {0, ReadState::end};
    to[0] = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return {1, ReadState::bytes};
  }

 private:
  Bytes bytes_;
  int turn_ = 0;
};

TEST(DecompressedSource, PassesUpThatItsSourceWaitsAndLosesNothing) {
  const std::vector<std::uint8_t> whole = content(3'000);
  for (const Compression compression : all) {
    const auto compressed = two_frames(compression, whole);
    DecompressedSource source{compression, Bytes{compressed}.first(5),
                              std::make_unique<StutteringSource>(Bytes{compressed}.subspan(5)),
                              "name"};
    std::vector<std::uint8_t> got;
    std::size_t timeouts = 0;
    std::size_t stops = 0;
    std::uint8_t room[64];
    for (;;) {
      const ReadResult result = source.read(room, std::nullopt);
      if (result.state == ReadState::end) break;
      got.insert(got.end(), room, room + result.size);
      if (result.state == ReadState::timeout) ++timeouts;
      if (result.state == ReadState::stopped) ++stops;
    }
    EXPECT_EQ(got, whole) << name(compression);
    EXPECT_EQ(timeouts, compressed.size() - 5 + 1) << name(compression);
    EXPECT_EQ(stops, timeouts) << name(compression);
  }
}

TEST(DecompressedSource, TellsOtherBytesBehindTheSameHoweverTheyCome) {
  const std::vector<std::uint8_t> whole = content(192);
  for (const Compression compression : all) {
    // The first octets alone may start a frame.
    for (const std::string_view more : {"\x1fK", "\x28K", "PK\3\4", "\x04K", "\xfd\x37zX?"}) {
      auto compressed = packed(compression, {whole});
      compressed.insert(compressed.end(), more.begin(), more.end());
      DecompressedSource source{
          compression, {}, std::make_unique<StutteringSource>(compressed), "name"};
      std::uint8_t room[64];
      try {
        while (source.read(room, std::nullopt).state != ReadState::end) {
        }
        ADD_FAILURE() << name(compression) << more;
      } catch (const FormatError& error) {
        EXPECT_STREQ(error.what(),
                     "name, offset 192: there are other bytes behind the compressed stream");
      }
    }
  }
}

TEST(DecompressedSource, FillsBuffersOfAnySizeFromMemoryItHasUsedUp) {
  const std::vector<std::uint8_t> whole = content(300'000);
  for (const Compression compression : all) {
    const auto compressed = two_frames(compression, whole);
    for (const std::size_t size : {1U, 2U, 4'096U, 100'000U, 1'000'000U}) {
      DecompressedSource source{compression, compressed, nullptr, "name"};
      std::vector<std::uint8_t> got;
      std::vector<std::uint8_t> room(size);
      for (;;) {
        const ReadResult result = source.read(room, std::nullopt);
        if (result.state == ReadState::end) break;
        ASSERT_EQ(result.state, ReadState::bytes);
        ASSERT_GT(result.size, 0U);
        got.insert(got.end(), room.begin(),
                   room.begin() + static_cast<std::ptrdiff_t>(result.size));
      }
      EXPECT_EQ(got, whole) << name(compression) << " " << size;
    }
  }
}

// Whatever the buffer: a fault takes no bytes with it that were decompressed before.
TEST(DecompressedSource, DeliversTheSameBeforeDamageWhateverTheBuffer) {
  const std::vector<std::uint8_t> whole = content(900'000);
  for (const Compression compression : all) {
    auto compressed =
        packed(compression, {Bytes{whole}.first(400'000), Bytes{whole}.subspan(400'000)});
    const std::size_t second = packed(compression, {Bytes{whole}.first(400'000)}).size();
    std::fill_n(compressed.begin() + static_cast<std::ptrdiff_t>(second + 1), 2, 0x55);
    for (const std::size_t size : {1'000U, 256'000U, 1'000'000U}) {
      DecompressedSource source{compression, compressed, nullptr, "name"};
      std::vector<std::uint8_t> room(size);
      std::size_t delivered = 0;
      try {
        for (;;) delivered += source.read(room, std::nullopt).size;
      } catch (const FormatError& error) {
        EXPECT_EQ(error.code(), ErrorCode::compression_damaged);
        EXPECT_EQ(error.offset(), delivered);
      }
      EXPECT_EQ(delivered, 400'000U) << name(compression) << " " << size;
    }
  }
}

}  // namespace
}  // namespace weir::savefile
