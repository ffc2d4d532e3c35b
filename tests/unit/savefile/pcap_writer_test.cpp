// pcap files as they are written: header, records, and what they have no place for.
#include <gtest/gtest.h>

#include <array>

#include "capture_bytes.h"
#include "savefile/format_reader.h"
#include "weir/error.h"
#include "written_packets.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::interface_of;
using test::Outcome;
using test::packet_of;
using test::read_memory;
using test::written;

const WriterOptions micro{.format = Format::pcap};
const WriterOptions nano{.format = Format::pcap_nanosecond};
constexpr std::uint32_t no_limit = 262'144;

CaptureBytes header(std::uint32_t magic, std::uint32_t snapshot_length, std::uint32_t link_type) {
  CaptureBytes file;
  file.u32(magic).u16(2).u16(4).u64(0).u32(snapshot_length).u32(link_type);
  return file;
}

/// What writing these at once throws.
ErrorCode refusal(Writer& writer, std::span<const Interface> interfaces,
                  std::span<const Packet> packets) {
  try {
    writer.write(interfaces, packets);
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(PcapWriter, WritesEveryFieldWithMicroseconds) {
  Interface interface = interface_of("eth0", LinkType::raw);
  interface.snapshot_length = 96;
  Packet snapped = packet_of("abcde", 1'700'000'000'123'456'000);
  snapped.link_type = LinkType::raw;
  snapped.wire_length = 1500;
  const auto bytes =
      written(micro, [&](Writer& writer) { writer.write({&interface, 1}, {&snapped, 1}); });
  CaptureBytes expected = header(0xa1b2c3d4, 96, 101);
  expected.record(1'700'000'000, 123'456, "abcde", 1500);
  EXPECT_EQ(bytes, expected.bytes());
}

TEST(PcapWriter, WritesNanosecondsUnderTheirOwnMagicNumber) {
  const Interface interface;
  const Packet packet = packet_of("abc", 5'123'456'789);
  const auto bytes =
      written(nano, [&](Writer& writer) { writer.write({&interface, 1}, {&packet, 1}); });
  CaptureBytes expected = header(0xa1b23c4d, no_limit, 1);
  expected.record(5, 123'456'789, "abc");
  EXPECT_EQ(bytes, expected.bytes());
}

TEST(PcapWriter, GivesAFileWithoutAnythingTheHeaderOfEthernet) {
  EXPECT_EQ(written(micro, [](Writer&) {}), header(0xa1b2c3d4, no_limit, 1).bytes());
}

TEST(PcapWriter, WritesTheHeaderAsSoonAsTheOnlyInterfaceIsKnown) {
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, micro);
  const Interface interface = interface_of("any", LinkType::linux_sll2);
  writer.write({&interface, 1}, {});
  EXPECT_EQ(bytes, header(0xa1b2c3d4, no_limit, 276).bytes());
}

TEST(PcapWriter, OfSeveralInterfacesWaitsForTheFirstPacket) {
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, micro);
  std::array interfaces{interface_of("eth0"), interface_of("tun0", LinkType::raw)};
  interfaces[1].snapshot_length = 77;
  writer.write(interfaces, {});
  EXPECT_TRUE(bytes.empty());
  Packet packet = packet_of("x", 0, 1);
  packet.link_type = LinkType::raw;
  writer.write(interfaces, {&packet, 1});
  CaptureBytes expected = header(0xa1b2c3d4, 77, 101);
  EXPECT_EQ(bytes, expected.record(0, 0, "x").bytes());
}

TEST(PcapWriter, TakesTheSnapshotLengthOfTheOptionsFirst) {
  Interface interface;
  interface.snapshot_length = 96;
  const auto bytes = written({.format = Format::pcap, .snapshot_length = 5000},
                             [&](Writer& writer) { writer.write({&interface, 1}, {}); });
  EXPECT_EQ(bytes, header(0xa1b2c3d4, 5000, 1).bytes());
}

TEST(PcapWriter, TellsTheLengthOfTheFrameCheckSequence) {
  Interface interface;
  interface.fcs_length = 4;
  const Packet packet = packet_of("frame and its FCS");
  const auto bytes =
      written(micro, [&](Writer& writer) { writer.write({&interface, 1}, {&packet, 1}); });
  EXPECT_EQ(load_le<std::uint32_t>(bytes.data() + 20), 0x2400'0001U);
  const Outcome outcome = read_memory(bytes);
  EXPECT_EQ(outcome.interfaces.at(0).fcs_length, 4);
  EXPECT_TRUE(has(outcome.at(0).flags, PacketFlags::has_fcs));
}

TEST(PcapWriter, KeepsTheFrameCheckSequenceOfAPcapng) {
  CaptureBytes pcapng;
  pcapng.section().interface(1, 0, [](CaptureBytes& options) { options.option(13, "\x20"); });
  pcapng.enhanced(0, 1, "frame and its FCS");
  const Outcome outcome = read_memory(test::copied(pcapng.bytes(), micro));
  EXPECT_EQ(outcome.interfaces.at(0).fcs_length, 4);
  EXPECT_TRUE(has(outcome.at(0).flags, PacketFlags::has_fcs));
}

TEST(PcapWriter, RefusesASecondLinkTypeAndKeepsThePacketsBeforeIt) {
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, micro);
  const std::array interfaces{interface_of("eth0"), interface_of("tun0", LinkType::raw)};
  std::array packets{packet_of("first"), packet_of("other", 0, 1), packet_of("never")};
  packets[1].link_type = LinkType::raw;
  EXPECT_EQ(refusal(writer, interfaces, packets), ErrorCode::cannot_hold);
  EXPECT_EQ(writer.counts().packets, 1U);
  writer.write(interfaces, {packets.data(), 1});
  writer.close();
  const Outcome outcome = read_memory(bytes);
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.packets.size(), 2U);
  EXPECT_EQ(outcome.text(0), "first");
  EXPECT_EQ(outcome.text(1), "first");
}

TEST(PcapWriter, RefusesTimesBefore1970AndFrom2106On) {
  constexpr std::int64_t end = (std::int64_t{1} << 32) * 1'000'000'000;
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, nano);
  const Interface interface;
  for (const std::int64_t time : {std::int64_t{-1}, std::int64_t{-1} << 63, end}) {
    const std::array packets{packet_of("x", end - 1), packet_of("y", time)};
    EXPECT_EQ(refusal(writer, {&interface, 1}, packets), ErrorCode::cannot_hold) << time;
  }
  writer.close();
  const Outcome outcome = read_memory(bytes);
  ASSERT_EQ(outcome.packets.size(), 3U);
  EXPECT_EQ(outcome.time(2), end - 1);
  EXPECT_EQ(writer.counts().packets, 3U);
}

TEST(PcapWriter, RoundsTimesDownAndCounts) {
  const Interface interface;
  const std::array packets{packet_of("a", 1'999), packet_of("b", 2'000), packet_of("c", 2'001)};
  for (const WriterOptions& options : {micro, nano}) {
    std::vector<std::uint8_t> bytes;
    Writer writer = Writer::memory(bytes, options);
    writer.write({&interface, 1}, packets);
    EXPECT_EQ(writer.counts().rounded_times, options.format == Format::pcap ? 2U : 0U);
    writer.close();
    EXPECT_EQ(read_memory(bytes).time(0), options.format == Format::pcap ? 1'000 : 1'999);
  }
}

TEST(PcapWriter, KeepsWireLengthsShorterThanTheDataAndEmptyData) {
  const Interface interface;
  std::array packets{packet_of("abcdef"), packet_of("")};
  packets[0].wire_length = 2;
  packets[1].wire_length = 60;
  const Outcome outcome =
      read_memory(written(micro, [&](Writer& writer) { writer.write({&interface, 1}, packets); }));
  EXPECT_EQ(outcome.text(0), "abcdef");
  EXPECT_EQ(outcome.at(0).wire_length, 2U);
  EXPECT_EQ(outcome.text(1), "");
  EXPECT_EQ(outcome.at(1).wire_length, 60U);
}

TEST(PcapWriter, RefusesPacketsLargerThanAnyReaderTakes) {
  const std::string large(max_record_size + 1, 'x');
  const Interface interface;
  const std::array packets{packet_of(std::string_view{large}.substr(1)), packet_of(large)};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes, micro);
  EXPECT_EQ(refusal(writer, {&interface, 1}, packets), ErrorCode::cannot_hold);
  writer.close();
  EXPECT_EQ(read_memory(bytes).packets.size(), 1U);
}

TEST(PcapWriter, LeavesOutStatisticsAndBlocks) {
  const Interface interface;
  const auto bytes = written(micro, [&](Writer& writer) {
    writer.write_statistics({&interface, 1}, {.received = 3});
    writer.write_blocks({&interface, 1}, std::array{Block{.type = 4}});
  });
  EXPECT_EQ(bytes, header(0xa1b2c3d4, no_limit, 1).bytes());
}

TEST(PcapWriter, TakesPacketsWhoseInterfaceNobodyDescribes) {
  const Interface interface = interface_of("eth0");
  const Packet packet = packet_of("x", 0, 7);
  for (const std::size_t known : {0UL, 1UL}) {
    const auto bytes =
        written(micro, [&](Writer& writer) { writer.write({&interface, known}, {&packet, 1}); });
    EXPECT_EQ(read_memory(bytes).packets.size(), 1U);
  }
}

}  // namespace
}  // namespace weir::savefile
