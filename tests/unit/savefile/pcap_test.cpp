// Classic pcap files: every field, every variant.
#include <gtest/gtest.h>

#include "capture_bytes.h"
#include "weir/error.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;

class Pcap : public testing::TestWithParam<ByteOrder> {};
INSTANTIATE_TEST_SUITE_P(BothOrders, Pcap, testing::Values(ByteOrder::little, ByteOrder::big),
                         [](const auto& order) {
                           return order.param == ByteOrder::big ? "Big" : "Little";
                         });

TEST_P(Pcap, ReadsEveryField) {
  CaptureBytes file{GetParam()};
  file.pcap_header().record(1'700'000'000, 123'456, "abc", 60).record(1'700'000'001, 0, "");
  Reader reader = Reader::memory(file.bytes());
  EXPECT_EQ(reader.format(), Format::pcap);
  EXPECT_EQ(reader.byte_order(), GetParam());
  EXPECT_EQ(reader.compression(), Compression::none);
  ASSERT_EQ(reader.interfaces().size(), 1U);
  EXPECT_EQ(reader.interfaces()[0].link_type, LinkType::ethernet);
  EXPECT_EQ(reader.interfaces()[0].snapshot_length, 65535U);
  EXPECT_EQ(reader.interfaces()[0].ticks_per_second, 1'000'000U);

  const Batch batch = reader.next_batch();
  ASSERT_EQ(batch.packets.size(), 2U);
  const Packet& packet = batch.packets[0];
  EXPECT_EQ(std::string(packet.data.begin(), packet.data.end()), "abc");
  EXPECT_EQ(packet.wire_length, 60U);
  EXPECT_EQ(packet.timestamp.time_since_epoch().count(), 1'700'000'000'123'456'000);
  EXPECT_EQ(packet.link_type, LinkType::ethernet);
  EXPECT_EQ(packet.interface_index, 0U);
  EXPECT_EQ(packet.flags, PacketFlags::none);
  EXPECT_EQ(packet.direction, Direction::unknown);
  EXPECT_EQ(packet.meta, nullptr);
  EXPECT_TRUE(batch.packets[1].data.empty());
  EXPECT_EQ(batch.now, batch.packets[1].timestamp);
  EXPECT_EQ(reader.next_batch().state, SourceState::end);
  EXPECT_EQ(reader.counts().stream_bytes, file.size());
}

TEST_P(Pcap, ReadsNanoseconds) {
  CaptureBytes file{GetParam()};
  file.pcap_header(0xa1b23c4d).record(1, 999'999'999, "abc");
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.time(0), 1'999'999'999);
  EXPECT_EQ(outcome.interfaces[0].ticks_per_second, 1'000'000'000U);
  EXPECT_EQ(Reader::memory(file.bytes()).format(), Format::pcap_nanosecond);
}

TEST_P(Pcap, ReadsTheModifiedVariantWithItsDirections) {
  CaptureBytes file{GetParam()};
  file.pcap_header(0xa1b2cd34);
  for (const std::uint8_t packet_type : {std::uint8_t{0}, std::uint8_t{4}, std::uint8_t{3}}) {
    file.u32(5).u32(6).u32(3).u32(100).u32(2).u16(0x0800).u8(packet_type).u8(0).text("abc");
  }
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_TRUE(outcome.complete());
  ASSERT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.text(2), "abc");
  EXPECT_EQ(outcome.at(0).wire_length, 100U);
  EXPECT_EQ(outcome.time(0), 5'000'006'000);
  EXPECT_EQ(outcome.at(0).direction, Direction::in);
  EXPECT_EQ(outcome.at(1).direction, Direction::out);
  EXPECT_EQ(outcome.at(2).direction, Direction::unknown);
  EXPECT_EQ(Reader::memory(file.bytes()).format(), Format::pcap_modified);
}

TEST_P(Pcap, SwapsTheLengthsOfOldVersions) {
  CaptureBytes old{GetParam()};
  old.pcap_header(0xa1b2c3d4, 1, 2, 2).u32(1).u32(2).u32(100).u32(3).text("abc");
  const Outcome swapped = read_memory(old.bytes());
  ASSERT_EQ(swapped.packets.size(), 1U);
  EXPECT_EQ(swapped.text(0), "abc");
  EXPECT_EQ(swapped.at(0).wire_length, 100U);

  CaptureBytes unsure{GetParam()};
  unsure.pcap_header(0xa1b2c3d4, 1, 2, 3).u32(1).u32(2).u32(100).u32(3).text("abc");
  unsure.u32(1).u32(2).u32(2).u32(99).text("de");
  const Outcome either = read_memory(unsure.bytes());
  ASSERT_EQ(either.packets.size(), 2U);
  EXPECT_EQ(either.text(0), "abc");
  EXPECT_EQ(either.at(0).wire_length, 100U);
  EXPECT_EQ(either.text(1), "de");
  EXPECT_EQ(either.at(1).wire_length, 99U);
}

TEST_P(Pcap, MasksTheFcsLengthOutOfTheLinkType) {
  CaptureBytes file{GetParam()};
  file.pcap_header(0xa1b2c3d4, 0x24000001).record(1, 2, "abc");
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.at(0).link_type, LinkType::ethernet);
  EXPECT_TRUE(has(outcome.at(0).flags, PacketFlags::has_fcs));
}

TEST_P(Pcap, MarksNoFrameCheckSequenceOfAnotherLengthThanFour) {
  for (const std::uint32_t link_type : {0x14000032U, 0x04000032U, 0x20000032U}) {
    CaptureBytes file{GetParam()};
    file.pcap_header(0xa1b2c3d4, link_type).record(1, 2, "abc");
    const Outcome outcome = read_memory(file.bytes());
    ASSERT_EQ(outcome.packets.size(), 1U);
    EXPECT_EQ(outcome.at(0).link_type, LinkType::ppp_hdlc);
    EXPECT_FALSE(has(outcome.at(0).flags, PacketFlags::has_fcs)) << link_type;
  }
}

TEST(PcapHeader, RefusesReservedLinkTypeBits) {
  const Outcome outcome = read_memory(CaptureBytes{}.pcap_header(0xa1b2c3d4, 0x00010001).bytes());
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
  EXPECT_EQ(outcome.offset, 20U);
}

TEST(PcapHeader, RefusesOtherMajorVersions) {
  for (const std::uint16_t major : {std::uint16_t{1}, std::uint16_t{3}, std::uint16_t{544}}) {
    const Outcome outcome = read_memory(CaptureBytes{}.pcap_header(0xa1b2c3d4, 1, major).bytes());
    EXPECT_EQ(outcome.error, ErrorCode::unsupported_format) << major;
  }
  EXPECT_TRUE(read_memory(CaptureBytes{}.pcap_header(0xa1b2c3d4, 1, 543, 0).bytes()).complete());
  EXPECT_TRUE(read_memory(CaptureBytes{}.pcap_header(0xa1b2c3d4, 1, 2, 5).bytes()).complete());
}

TEST(PcapHeader, AloneIsACompleteCapture) {
  const Outcome outcome = read_memory(CaptureBytes{}.pcap_header().bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_TRUE(outcome.packets.empty());
}

TEST(PcapRecord, KeepsUnknownLinkTypes) {
  const Outcome outcome =
      read_memory(CaptureBytes{}.pcap_header(0xa1b2c3d4, 65000).record(1, 2, "abc").bytes());
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(static_cast<int>(outcome.at(0).link_type), 65000);
}

TEST(PcapRecord, KeepsLengthsThatContradictEachOther) {
  const std::string large(70'000, 'x');  // above the snapshot length
  const Outcome outcome =
      read_memory(CaptureBytes{}.pcap_header().record(1, 2, "abc", 1).record(1, 2, large).bytes());
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(0), "abc");
  EXPECT_EQ(outcome.at(0).wire_length, 1U);
  EXPECT_EQ(outcome.at(1).data.size(), large.size());
}

TEST(PcapRecord, ReadsTheLatestTimeAFileCanHold) {
  const Outcome outcome =
      read_memory(CaptureBytes{}.pcap_header().record(0xffffffff, 999'999, "abc").bytes());
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.time(0), 4'294'967'295'999'999'000);
}

TEST(PcapRecord, CountsPacketsThatGoBackInTime) {
  const Outcome outcome = read_memory(CaptureBytes{}
                                          .pcap_header()
                                          .record(5, 0, "a")
                                          .record(4, 0, "b")
                                          .record(4, 1, "c")
                                          .record(5, 0, "d")
                                          .bytes());
  EXPECT_EQ(outcome.counts.backward, 2U);
}

TEST(PcapRecord, RefusesMoreThan16MiB) {
  CaptureBytes file;
  file.pcap_header().record(1, 2, "abc").u32(1).u32(2).u32((16U << 20) + 1).u32(60);
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.error, ErrorCode::damaged);
  EXPECT_EQ(outcome.offset, 24U + 19U);
}

TEST(FormatNames, AreReadAgainIfTheyAreWritten) {
  for (const Format format : {Format::pcap, Format::pcap_nanosecond, Format::pcapng}) {
    EXPECT_EQ(written_format(name(format)), format);
  }
  for (const char* const other : {"pcap-modified", "", "PCAP", "pcapng.gz"}) {
    EXPECT_FALSE(written_format(other)) << other;
  }
  EXPECT_EQ(compression_named("gz"), Compression::gzip);
  EXPECT_EQ(compression_named("zst"), Compression::zstd);
  EXPECT_EQ(compression_named("lz4"), Compression::lz4);
  EXPECT_EQ(compression_named("xz"), Compression::xz);
  for (const char* const other : {"gzip", "", ".gz", "z"}) {
    EXPECT_FALSE(compression_named(other)) << other;
  }
}

TEST(FormatNames, AreThoseOfTheDocumentation) {
  EXPECT_STREQ(name(Format::pcap), "pcap");
  EXPECT_STREQ(name(Format::pcap_nanosecond), "pcap-ns");
  EXPECT_STREQ(name(Format::pcap_modified), "pcap-modified");
  EXPECT_STREQ(name(Format::pcapng), "pcapng");
  EXPECT_STREQ(name(Compression::gzip), "gzip");
  EXPECT_STREQ(name(Compression::none), "none");
}

}  // namespace
}  // namespace weir::savefile
