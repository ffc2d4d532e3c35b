// pcapng files: packet blocks of every kind, sections, options.
#include <gtest/gtest.h>

#include "unit/savefile/capture_bytes.h"
#include "weir/error.h"
#include "weir/savefile/packet_options.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;

class Pcapng : public testing::TestWithParam<ByteOrder> {};
INSTANTIATE_TEST_SUITE_P(BothOrders, Pcapng, testing::Values(ByteOrder::little, ByteOrder::big),
                         [](const auto& order) {
                           return order.param == ByteOrder::big ? "Big" : "Little";
                         });

TEST_P(Pcapng, ReadsEveryFieldOfAnEnhancedPacket) {
  CaptureBytes file{GetParam()};
  file.section().interface().interface(101, 96).enhanced(1, 0x0006'0a3b'1234'5678, "abcde", 60);
  Reader reader = Reader::memory(file.bytes());
  EXPECT_EQ(reader.format(), Format::pcapng);
  const Batch batch = reader.next_batch();
  EXPECT_EQ(reader.byte_order(), GetParam());
  ASSERT_EQ(batch.packets.size(), 1U);
  const Packet& packet = batch.packets[0];
  EXPECT_EQ(std::string(packet.data.begin(), packet.data.end()), "abcde");
  EXPECT_EQ(packet.wire_length, 60U);
  EXPECT_EQ(packet.timestamp.time_since_epoch().count(), 0x0006'0a3b'1234'5678 * 1000);
  EXPECT_EQ(packet.interface_index, 1U);
  EXPECT_EQ(packet.link_type, LinkType::raw);
  EXPECT_EQ(packet.direction, Direction::unknown);
  EXPECT_EQ(packet.flags, PacketFlags::none);
  EXPECT_EQ(packet.meta, nullptr);
  EXPECT_EQ(batch.now, packet.timestamp);
  ASSERT_EQ(reader.interfaces().size(), 2U);
  EXPECT_EQ(reader.interfaces()[1].snapshot_length, 96U);
}

TEST_P(Pcapng, ReadsTheObsoletePacketBlock) {
  CaptureBytes file{GetParam()};
  file.section().interface().interface(101).block(2, [](CaptureBytes& body) {
    body.u16(1).u16(7).u32(0).u32(5'000'001).u32(3).u32(60).text("abc").pad();
    body.u16(2).u16(4).u32(2);
  });
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.text(0), "abc");
  EXPECT_EQ(outcome.at(0).wire_length, 60U);
  EXPECT_EQ(outcome.at(0).interface_index, 1U);
  EXPECT_EQ(outcome.time(0), 5'000'001'000);
  EXPECT_EQ(outcome.at(0).direction, Direction::out);
}

TEST_P(Pcapng, ReadsTheDropsOfTheObsoletePacketBlockAsAnOption) {
  CaptureBytes file{GetParam()};
  const auto obsolete = [&](std::uint16_t drops, bool has_options) {
    file.block(2, [&](CaptureBytes& body) {
      body.u16(0).u16(drops).u32(0).u32(1).u32(4).u32(60).text("abcd");
      if (has_options) body.option_u32(2, 2).u32(0);
    });
  };
  file.section().interface();
  obsolete(7, true);
  obsolete(300, false);
  obsolete(0xffff, false);
  Reader reader = Reader::memory(file.bytes());
  const auto packets = reader.next_batch().packets;
  ASSERT_EQ(packets.size(), 3U);
  ASSERT_NE(packets[0].meta, nullptr);
  const PacketOptions first = read_packet_options(*packets[0].meta);
  EXPECT_EQ(first.drop_count, 7U);
  EXPECT_EQ(first.flags, 2U);
  EXPECT_EQ(packets[0].direction, Direction::out);
  ASSERT_NE(packets[1].meta, nullptr);
  EXPECT_EQ(read_packet_options(*packets[1].meta).drop_count, 300U);
  EXPECT_EQ(packets[2].meta, nullptr);
}

TEST_P(Pcapng, ReadsSimplePacketsCutToTheSnapshotLength) {
  CaptureBytes file{GetParam()};
  file.section().interface(1, 4);
  file.block(3, [](CaptureBytes& body) { body.u32(100).text("abcd"); });
  file.block(3, [](CaptureBytes& body) { body.u32(3).text("xyz"); });
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(0), "abcd");
  EXPECT_EQ(outcome.at(0).wire_length, 100U);
  EXPECT_EQ(outcome.text(1), "xyz");
  EXPECT_TRUE(has(outcome.at(0).flags, PacketFlags::no_timestamp));
  EXPECT_EQ(outcome.time(0), 0);
  EXPECT_EQ(outcome.counts.backward, 0U);
}

TEST_P(Pcapng, TellsWhatThePacketFlagsSay) {
  const auto with_flags = [](std::uint32_t flags) {
    return [flags](CaptureBytes& options) {
      options.option(1, "a comment").u16(2).u16(4).u32(flags).u16(0).u16(0);
    };
  };
  CaptureBytes file{GetParam()};
  file.section().interface();
  for (const std::uint32_t flags : {0x001U, 0x002U, 0x200U, 0x400U, 0x800U, 0x080U, 0x040U}) {
    file.enhanced(0, 1, "abc", 0, with_flags(flags));
  }
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.packets.size(), 7U);
  EXPECT_EQ(outcome.at(0).direction, Direction::in);
  EXPECT_EQ(outcome.at(1).direction, Direction::out);
  EXPECT_EQ(outcome.at(2).direction, Direction::unknown);
  EXPECT_EQ(outcome.at(2).flags, PacketFlags::checksum_not_ready);
  EXPECT_EQ(outcome.at(3).flags, PacketFlags::checksum_verified);
  EXPECT_EQ(outcome.at(4).flags, PacketFlags::several_segments);
  EXPECT_EQ(outcome.at(5).flags, PacketFlags::has_fcs);
  EXPECT_EQ(outcome.at(6).flags, PacketFlags::none);  // of two bytes
}

TEST_P(Pcapng, KeepsOptionsReachableThroughMeta) {
  CaptureBytes file{GetParam()};
  file.section().interface().enhanced(0, 1, "a").enhanced(
      0, 1, "abcde", 0, [](CaptureBytes& options) { options.option(1, "hello"); });
  Reader reader = Reader::memory(file.bytes());
  const Batch batch = reader.next_batch();
  ASSERT_EQ(batch.packets.size(), 2U);
  EXPECT_EQ(batch.packets[0].meta, nullptr);
  ASSERT_NE(batch.packets[1].meta, nullptr);
  const PacketMeta& meta = *batch.packets[1].meta;
  EXPECT_EQ(meta.options_big_endian, GetParam() == ByteOrder::big);
  EXPECT_EQ(std::string(meta.options.begin() + 4, meta.options.begin() + 9), "hello");
  EXPECT_EQ(meta.options.size(), 12U);
}

TEST_P(Pcapng, DeliversPacketsWhoseOptionsContradictThemselves) {
  CaptureBytes file{GetParam()};
  file.section().interface().enhanced(
      0, 1, "abc", 0, [](CaptureBytes& options) { options.u16(2).u16(0xffff).u32(1); });
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete());
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.at(0).direction, Direction::unknown);
}

TEST_P(Pcapng, SkipsBlocksThatHoldNoPackets) {
  CaptureBytes file{GetParam()};
  file.section().interface();
  for (const std::uint32_t type : {4U, 5U, 9U, 10U, 0xbadU, 0x40000badU, 0x12345678U}) {
    file.block(type, [](CaptureBytes& body) { body.text("whatever this is"); });
    file.enhanced(0, type, "abc");
  }
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_EQ(outcome.packets.size(), 7U);
}

TEST(PcapngSections, MayDifferInByteOrder) {
  CaptureBytes first{ByteOrder::big};
  first.section().interface(1, 11).enhanced(0, 1, "one");
  CaptureBytes second{ByteOrder::little};
  second.section(2).interface(101, 22).interface(0, 33).enhanced(1, 2, "two");
  std::vector<std::uint8_t> both = first.bytes();
  both.insert(both.end(), second.bytes().begin(), second.bytes().end());
  both.insert(both.end(), first.bytes().begin(), first.bytes().end());
  const Outcome outcome = read_memory(both);
  ASSERT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.at(0).interface_index, 0U);
  EXPECT_EQ(outcome.at(1).interface_index, 2U);
  EXPECT_EQ(outcome.at(1).link_type, LinkType::null);
  EXPECT_EQ(outcome.time(1), 2000);
  EXPECT_EQ(outcome.at(2).interface_index, 3U);
  EXPECT_EQ(outcome.interfaces.size(), 4U);
}

TEST(PcapngSections, OfOtherVersionsAreRefused) {
  EXPECT_TRUE(read_memory(CaptureBytes{}.section(2).bytes()).complete());
  const Outcome outcome = read_memory(CaptureBytes{}.section(3).bytes());
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
}

TEST(PcapngInterface, KeepsEveryOptionThatHasAPlace) {
  CaptureBytes file;
  file.section().interface(1, 96, [](CaptureBytes& options) {
    options.option(2, std::string{"eth0\0", 5})
        .option(3, "uplink")
        .option(11, std::string{"\0tcp", 4});
    options.option(12, "Linux").option(15, "fast card").option(9, "\x09").option(13, "\x04");
    options.option(14, std::string{"\x10\0\0\0\0\0\0\0", 8}).option(0, "").option(2, "not read");
  });
  file.enhanced(0, 5, "abc");
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.interfaces.size(), 1U);
  const Interface& interface = outcome.interfaces[0];
  EXPECT_EQ(interface.name, "eth0");
  EXPECT_EQ(interface.description, "uplink");
  EXPECT_EQ(interface.filter, "tcp");
  EXPECT_EQ(interface.operating_system, "Linux");
  EXPECT_EQ(interface.hardware, "fast card");
  EXPECT_EQ(interface.ticks_per_second, 1'000'000'000U);
  EXPECT_EQ(interface.time_offset, 16);
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.time(0), 16'000'000'005);
  EXPECT_TRUE(has(outcome.at(0).flags, PacketFlags::has_fcs));
}

TEST(PcapngInterface, MarksFrameCheckSequencesOfFourBytesInBitsAndBytes) {
  for (const char length : {'\0', '\2', '\4', '\x10', '\x20'}) {
    CaptureBytes file;
    file.section().interface(1, 0, [&](CaptureBytes& o) { o.option(13, {&length, 1}); });
    file.enhanced(0, 5, "abc");
    const Outcome outcome = read_memory(file.bytes());
    ASSERT_EQ(outcome.packets.size(), 1U);
    EXPECT_EQ(has(outcome.at(0).flags, PacketFlags::has_fcs), length == 4 || length == 32);
  }
}

TEST(PcapngInterface, EachHasItsOwnClock) {
  CaptureBytes file;
  file.section();
  file.interface(1, 0, [](CaptureBytes& options) { options.option(9, "\x03"); });
  file.interface(1, 0, [](CaptureBytes& options) { options.option(9, "\x8a"); });
  file.interface(1, 0, [](CaptureBytes& options) { options.option(9, "\x0c"); });
  file.enhanced(0, 1'500, "a").enhanced(1, 1'536, "b").enhanced(2, 1'500'000'000'999, "c");
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.packets.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(outcome.time(i), 1'500'000'000) << i;
  EXPECT_EQ(outcome.counts.rounded_times, 1U);
}

}  // namespace
}  // namespace weir::savefile
