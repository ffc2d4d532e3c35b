// Going on behind damage.
#include <gtest/gtest.h>

#include "capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;
using test::read_pipe;

const ReaderOptions skipping{.skip_damaged = true};

class SkipDamaged : public testing::TestWithParam<ByteOrder> {
 protected:
  // Both ways of reading must agree.
  static Outcome read(const CaptureBytes& file) {
    const Outcome outcome = read_memory(file.bytes(), skipping);
    const Outcome piecewise = read_pipe(file.bytes(), 1000, skipping);
    EXPECT_EQ(outcome.packets.size(), piecewise.packets.size());
    EXPECT_EQ(outcome.counts.skipped_bytes, piecewise.counts.skipped_bytes);
    EXPECT_EQ(outcome.counts.skipped_regions, piecewise.counts.skipped_regions);
    return outcome;
  }
};
INSTANTIATE_TEST_SUITE_P(BothOrders, SkipDamaged,
                         testing::Values(ByteOrder::little, ByteOrder::big), [](const auto& order) {
                           return order.param == ByteOrder::big ? "Big" : "Little";
                         });

TEST_P(SkipDamaged, FindsTheNextTwoPcapRecords) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "before");
  const std::size_t damage = file.size();
  file.u32(1001).u32(1).u32(0xffffffff).u32(6).text("damage");
  const std::size_t next = file.size();
  file.record(1002, 1, "after").record(1003, 1, "last");
  const Outcome outcome = read(file);
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.text(1), "after");
  EXPECT_EQ(outcome.text(2), "last");
  EXPECT_EQ(outcome.counts.skipped_regions, 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, next - damage);
  EXPECT_EQ(outcome.counts.stream_bytes, file.size());
}

TEST_P(SkipDamaged, TakesASingleRecordAtTheEndOfThePcap) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "before").u32(1001).u32(1).u32(0xffffffff).u32(6);
  file.record(1002, 1, "last");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(1), "last");
}

TEST_P(SkipDamaged, DistrustsPcapRecordsFarFromTheLastTimeOrWithImpossibleFractions) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "before").u32(1001).u32(1).u32(0xffffffff).u32(6);
  file.record(1000 + 86'402, 0, "too late").record(1002, 1'000'000, "no fraction");
  file.record(1002, 5, "good").record(1003, 5, "good too");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.text(1), "good");
}

TEST_P(SkipDamaged, MeasuresPcapTimesFromTheLastRecordNotTheLargest) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "before").record(100'000'000, 1, "a bad clock");
  file.record(1002, 1, "last before").u32(1003).u32(1).u32(0xffffffff).u32(6);
  file.record(1004, 1, "after").record(1005, 1, "last");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 5U);
  EXPECT_EQ(outcome.text(3), "after");
}

TEST_P(SkipDamaged, TakesNoZerosForPcapRecordsBeforeTheFirst) {
  CaptureBytes file{GetParam()};
  file.pcap_header().u32(1001).u32(1).u32(0xffffffff).u32(6).text(std::string(40, '\0'));
  file.record(1002, 1, "after").record(1003, 1, "last");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(0), "after");
}

TEST_P(SkipDamaged, ComparesTheTimesOfTheTwoPcapRecordsItFinds) {
  CaptureBytes file{GetParam()};
  file.pcap_header().u32(1001).u32(1).u32(0xffffffff).u32(6);
  file.record(500'000'000, 0, "far from the next").record(1002, 5, "good").record(1003, 5, "too");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(0), "good");
}

TEST_P(SkipDamaged, TakesADamagedTimeForThatOfOneRecordAlone) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1'000'000, 1, "first").record(1'000'001, 1, "second");
  file.record(7, 1, "its time is damaged").u32(1'000'003).u32(1).u32(0xffffffff).u32(6);
  file.record(1'000'004, 1, "after").record(1'000'005, 1, "last");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 5U);
  EXPECT_EQ(outcome.text(3), "after");
}

TEST_P(SkipDamaged, GoesOnBehindTheLastRecordWhereRecordsAreDaysApart) {
  CaptureBytes file{GetParam()};
  constexpr std::uint32_t week = 7 * 86'400;
  file.pcap_header().record(week, 1, "first").record(2 * week, 1, "second");
  file.record(3 * week, 1, "third").u32(3 * week + 1).u32(1).u32(0xffffffff).u32(6);
  file.record(3 * week + 2, 1, "after").record(3 * week + 3, 1, "last");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 5U);
  EXPECT_EQ(outcome.text(3), "after");
}

TEST_P(SkipDamaged, TakesNoHoleOfZerosForPcapRecords) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1'000'000, 1, "before").record(1'000'001, 1, "last before");
  const std::size_t hole = file.size();
  file.text(std::string(8191, '\0'));
  const std::size_t end = file.size();
  file.record(1'000'002, 1, "after").record(1'000'003, 1, "last");
  const Outcome outcome = read(file);
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 4U);
  EXPECT_EQ(outcome.text(2), "after");
  EXPECT_EQ(outcome.counts.skipped_regions, 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, end - hole);
}

TEST_P(SkipDamaged, KeepsRecordsWithoutBytes) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "").record(0, 0, "", 60).record(0, 1, "").record(1001, 1, "x");
  EXPECT_EQ(read(file).packets.size(), 4U);
}

TEST(SkipDamagedZeros, ArePcapRecordsWhereNothingIsSkipped) {
  CaptureBytes file;
  file.pcap_header().record(1000, 1, "before").text(std::string(32, '\0'));
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_EQ(outcome.packets.size(), 3U);
}

TEST(SkipDamagedStream, CountsWhatItPassedOverBeforeItFailed) {
  CaptureBytes file;
  file.section().interface().enhanced(0, 1, "before");
  const std::size_t damage = file.size();
  file.u32(6).u32(0).text(std::string(300'000, 'x'));
  std::vector<std::uint8_t> cut = test::gzip({file.bytes()});
  cut.resize(cut.size() - 8);  // its check sum
  const Outcome outcome = read_memory(cut, skipping);
  EXPECT_EQ(outcome.error, ErrorCode::compression_damaged);
  EXPECT_EQ(outcome.counts.skipped_regions, 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, file.size() - damage);
}

TEST_P(SkipDamaged, CountsACutEndAndSaysNoMore) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "before").u32(1001).u32(1).u32(60).u32(60).text("cut");
  const Outcome outcome = read(file);
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.counts.skipped_regions, 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, 19U);
}

TEST_P(SkipDamaged, FindsTheNextBlockWhoseLengthsAgree) {
  CaptureBytes file{GetParam()};
  file.section().interface().enhanced(0, 1, "before");
  const std::size_t damage = file.size();
  file.enhanced(0, 2, "damaged");
  file[damage + 4] ^= 0x40;
  file[damage + 7] ^= 0x40;
  const std::size_t next = file.size();
  file.enhanced(0, 3, "after");
  const Outcome outcome = read(file);
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(1), "after");
  EXPECT_EQ(outcome.counts.skipped_regions, 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, next - damage);
}

TEST_P(SkipDamaged, PassesOverBlocksOfUnknownTypeWhileSearching) {
  CaptureBytes file{GetParam()};
  file.section().interface().u32(6).u32(0).u32(0);
  file.block(0x7777, [](CaptureBytes& body) { body.text("unknown!"); });
  const std::size_t skipped = file.size() - 28 - 20;
  file.enhanced(0, 3, "after");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, skipped);
}

TEST_P(SkipDamaged, FindsASectionOfTheOtherByteOrder) {
  CaptureBytes file{GetParam()};
  file.section().interface().u32(6).u32(0).u32(0);
  CaptureBytes other{GetParam() == ByteOrder::big ? ByteOrder::little : ByteOrder::big};
  other.section().interface(101).enhanced(0, 1, "other");
  for (const std::uint8_t octet : other.bytes()) file.u8(octet);
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.at(0).link_type, LinkType::raw);
}

TEST_P(SkipDamaged, GivesUpQuietlyWhenNothingFollows) {
  CaptureBytes file{GetParam()};
  file.section().interface().enhanced(0, 1, "before");
  const std::size_t damage = file.size();
  file.u32(6).u32(0).text("0123456789abcdefghijklmnopqrstuvwxyz!");
  const Outcome outcome = read(file);
  EXPECT_TRUE(outcome.complete());
  EXPECT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.counts.skipped_bytes, file.size() - damage);
}

TEST_P(SkipDamaged, CrossesDamageLargerThanTheBuffer) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1000, 1, "before").u32(1001).u32(1).u32(0xffffffff).u32(6);
  file.text(std::string(700'000, '\xee')).record(1002, 1, "after").record(1003, 1, "last");
  const Outcome outcome = read(file);
  ASSERT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.counts.skipped_bytes, 700'016U);
}

TEST(SkipDamagedHeader, DoesNotForgiveTheFileHeader) {
  EXPECT_EQ(read_memory(CaptureBytes{}.text("no capture").bytes(), skipping).error,
            ErrorCode::not_a_capture);
}

}  // namespace
}  // namespace weir::savefile
