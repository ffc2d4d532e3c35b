// pcapng blocks whose writers padded them behind the length they say
// (draft-ietf-opsawg-pcapng 3.1).
#include <gtest/gtest.h>

#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;

/// An enhanced packet block that is padded, and says `length` where it should be 32 + 4 or so.
void padded_packet(CaptureBytes& file, std::string_view data, std::uint32_t length,
                   std::uint32_t behind) {
  const auto size = static_cast<std::uint32_t>(data.size());
  file.u32(6).u32(length).u32(0).u32(0).u32(1).u32(size).u32(size).text(data).pad().u32(behind);
}

Outcome read_skipping(Bytes bytes) {
  return test::read_all([&] { return Reader::memory(bytes, {.skip_damaged = true}); });
}

TEST(RoundedLengths, AreReadBlockAfterBlock) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    CaptureBytes file{order};
    file.section().interface().enhanced(0, 1, "abcd");
    padded_packet(file, "efghi", 37, 37);
    padded_packet(file, "jk", 34, 36);
    file.enhanced(0, 1, "mnop");
    padded_packet(file, "q", 33, 33);
    const Outcome outcome = read_skipping(file.bytes());
    EXPECT_TRUE(outcome.complete()) << outcome.message;
    ASSERT_EQ(outcome.packets.size(), 5U);
    EXPECT_EQ(outcome.text(1), "efghi");
    EXPECT_EQ(outcome.text(4), "q");
    EXPECT_EQ(outcome.counts.rounded_lengths, 3U);
    EXPECT_EQ(outcome.counts.skipped_regions, 0U);
  }
}

TEST(RoundedLengths, AreReadInEveryKindOfBlock) {
  CaptureBytes file;
  const auto odd = [&](std::uint32_t type, CaptureBytes body) {
    const auto length = static_cast<std::uint32_t>(12 + body.size());
    file.u32(type).u32(length);
    file.text({reinterpret_cast<const char*>(body.bytes().data()), body.size()}).pad().u32(length);
  };
  odd(0x0a0d0d0a, CaptureBytes{}.u32(0x1a2b3c4d).u16(1).u16(0).u64(~0ULL).u16(1).u16(1).u8('c'));
  odd(1, CaptureBytes{}.u16(1).u16(0).u32(0).u16(2).u16(3).text("eth"));
  odd(6, CaptureBytes{}.u32(0).u32(0).u32(1).u32(3).u32(3).text("abc"));
  odd(0x7777, CaptureBytes{}.text("unknown"));
  odd(6, CaptureBytes{}.u32(0).u32(0).u32(1).u32(3).u32(3).text("def"));
  const Outcome outcome = read_skipping(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.counts.rounded_lengths, 5U);
  ASSERT_EQ(outcome.interfaces.size(), 1U);
  EXPECT_EQ(outcome.interfaces[0].name, "eth");
}

TEST(RoundedLengths, AreDamageUnlessItIsSkipped) {
  CaptureBytes file;
  file.section().interface().enhanced(0, 1, "abcd");
  padded_packet(file, "efghi", 37, 37);
  const Outcome outcome = test::read_memory(file.bytes());
  EXPECT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_NE(outcome.message.find("multiple of 4"), std::string::npos) << outcome.message;
}

TEST(RoundedLengths, ThatAreWrongBesidesAreSkipped) {
  CaptureBytes file;
  file.section().interface().enhanced(0, 1, "abcd");
  padded_packet(file, "efghi", 37, 38);
  file.enhanced(0, 1, "jklm");
  const Outcome outcome = read_skipping(file.bytes());
  EXPECT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.counts.skipped_regions, 1U);
  EXPECT_EQ(outcome.counts.rounded_lengths, 0U);
}

}  // namespace
}  // namespace weir::savefile
