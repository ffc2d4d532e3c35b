// Times that 64-bit nanoseconds cannot hold: real writers make them, and the packets are whole.
#include <gtest/gtest.h>

#include "capture_bytes.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;

constexpr std::uint16_t if_tsresol = 9;
constexpr std::uint16_t if_tsoffset = 14;
constexpr std::uint64_t far = 0x8000'0000'0000'0000;

/// Interface 0 counts seconds, 1 is far in the future, 2 far in the past, 3 is as any other.
CaptureBytes sample(ByteOrder order = ByteOrder::little) {
  CaptureBytes file{order};
  file.section();
  file.interface(1, 0, [](CaptureBytes& list) { list.option(if_tsresol, std::string(1, '\0')); });
  file.interface(1, 0, [](CaptureBytes& list) { list.option_u64(if_tsoffset, far - 1); });
  file.interface(1, 0, [](CaptureBytes& list) { list.option_u64(if_tsoffset, far); });
  return file.interface();
}

TEST(TimesOutOfRange, LeavePacketsWithoutATimeAndAreCounted) {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    CaptureBytes file = sample(order);
    file.enhanced(3, 7, "in range").enhanced(0, far, "a").enhanced(1, 1, "b").enhanced(2, 1, "c");
    file.enhanced(0, 9'223'372'037, "d").enhanced(0, 9'223'372'036, "last that fits");
    const Outcome outcome = read_memory(file.bytes());
    EXPECT_TRUE(outcome.complete()) << outcome.message;
    ASSERT_EQ(outcome.packets.size(), 6U);
    EXPECT_EQ(outcome.counts.no_timestamp, 4U);
    EXPECT_EQ(outcome.counts.backward, 0U);
    for (const std::size_t i : {1U, 2U, 3U, 4U}) {
      EXPECT_TRUE(has(outcome.at(i).flags, PacketFlags::no_timestamp)) << i;
      EXPECT_EQ(outcome.time(i), 0) << i;
    }
    for (const std::size_t i : {0U, 5U}) {
      EXPECT_FALSE(has(outcome.at(i).flags, PacketFlags::no_timestamp)) << i;
    }
  }
}

TEST(TimesOutOfRange, DoNotConcernPacketsThatHaveNone) {
  CaptureBytes file;
  file.section().interface(1, 0, [](CaptureBytes& list) { list.option_u64(if_tsoffset, far - 1); });
  file.block(3, [](CaptureBytes& body) { body.u32(3).text("abc"); });
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.text(0), "abc");
  EXPECT_EQ(outcome.counts.no_timestamp, 0U) << "no time was out of range";
}

TEST(TimesOutOfRange, AreNoTimesInACopyEither) {
  CaptureBytes file = sample();
  file.enhanced(0, far + 5, "abcd").enhanced(2, 77, "efgh").enhanced(3, 7, "ijkl");
  const auto copy = test::copied(file.bytes(), {.format = Format::pcapng});
  Reader reader = Reader::memory(copy);
  const Batch batch = reader.next_batch();
  ASSERT_EQ(batch.packets.size(), 3U);
  EXPECT_TRUE(has(batch.packets[0].flags, PacketFlags::no_timestamp));
  EXPECT_TRUE(has(batch.packets[1].flags, PacketFlags::no_timestamp));
  EXPECT_EQ(batch.packets[2].timestamp.time_since_epoch().count(), 7'000);
  EXPECT_EQ(reader.counts().no_timestamp, 2U);
}

}  // namespace
}  // namespace weir::savefile
