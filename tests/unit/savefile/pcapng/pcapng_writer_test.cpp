// pcapng files as they are written: sections, interfaces, packets and their options.
#include <gtest/gtest.h>

#include <array>

#include "savefile/format_reader.h"
#include "unit/savefile/capture_bytes.h"
#include "unit/savefile/written_packets.h"
#include "weir/error.h"
#include "weir/version.h"

namespace weir::savefile {
namespace {

using test::bytes_of;
using test::CaptureBytes;
using test::copied;
using test::interface_of;
using test::Outcome;
using test::packet_of;
using test::read_memory;
using test::written;

/// Sections without options.
WriterOptions plain() {
  WriterOptions options{.format = Format::pcapng};
  options.section.options.assign(4, 0);  // nothing but the end mark
  return options;
}
void end_mark(CaptureBytes& options) { options.u32(0); }

ErrorCode refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(PcapngWriter, DescribesAnInterfaceBeforeItsFirstPacket) {
  Interface interface = interface_of("eth0", LinkType::raw);
  interface.snapshot_length = 96;
  Packet snapped = packet_of("abcde", 1'700'000'000'123'456'789);
  snapped.wire_length = 1500;
  const auto bytes =
      written(plain(), [&](Writer& writer) { writer.write({&interface, 1}, {&snapped, 1}); });
  CaptureBytes expected;
  expected.section(0, end_mark).interface(101, 96, [](CaptureBytes& options) {
    options.option(2, "eth0").option(9, "\x09").u32(0);
  });
  expected.enhanced(0, 1'700'000'000'123'456'789, "abcde", 1500);
  EXPECT_EQ(bytes, expected.bytes());
}

TEST(PcapngWriter, OfAFileWithoutPacketsWritesSectionAndInterfaces) {
  CaptureBytes expected;
  expected.section(0, end_mark);
  EXPECT_EQ(written(plain(), [](Writer&) {}), expected.bytes());
  const std::array<Interface, 2> interfaces;
  expected.interface().interface();
  EXPECT_EQ(written(plain(), [&](Writer& writer) { writer.write(interfaces, {}); }),
            expected.bytes());
}

TEST(PcapngWriter, NamesItselfWhereNoSectionIsGiven) {
  const Outcome outcome = read_memory(written({}, [](Writer&) {}));
  EXPECT_EQ(outcome.sections.at(0)->application, std::string{"weir "} + version);
}

TEST(PcapngWriter, WritesEveryFieldOfASection) {
  WriterOptions options;
  options.section = {.comment = "why",
                     .hardware = "what on",
                     .operating_system = "which",
                     .application = "by whom"};
  const Outcome outcome = read_memory(written(options, [](Writer&) {}));
  Section read = *outcome.sections.at(0);
  EXPECT_FALSE(read.options.empty());
  read.options.clear();
  EXPECT_EQ(read, options.section);
}

TEST(PcapngWriter, WritesEveryFieldOfAnInterface) {
  Interface interface = interface_of("eth0", LinkType::ieee802_11);
  interface.description = "the first";
  interface.comment = "or so";
  interface.filter = "tcp or udp";
  interface.operating_system = "Linux";
  interface.hardware = "a card";
  interface.snapshot_length = 1000;
  interface.ticks_per_second = 1ULL << 20;
  interface.time_offset = -5;
  interface.fcs_length = 4;
  const Packet packet = packet_of("x", -4'500'000'000);
  const Outcome outcome = read_memory(
      written({}, [&](Writer& writer) { writer.write({&interface, 1}, {&packet, 1}); }));
  Interface read = outcome.interfaces.at(0);
  EXPECT_FALSE(read.options.empty());
  read.options.clear();
  read.section.reset();
  EXPECT_EQ(read, interface);
  EXPECT_EQ(outcome.time(0), -4'500'000'000);
  EXPECT_TRUE(has(outcome.at(0).flags, PacketFlags::has_fcs));
}

TEST(PcapngWriter, DescribesInterfacesWithoutPacketsToo) {
  std::vector<Interface> interfaces{interface_of("eth0"), interface_of("eth1")};
  const Packet packet = packet_of("x", 1, 1);
  const auto bytes = written({}, [&](Writer& writer) {
    writer.write(interfaces, {&packet, 1});
    interfaces.push_back(interface_of("eth2"));
    writer.write(interfaces, {});
  });
  const Outcome outcome = read_memory(bytes);
  ASSERT_EQ(outcome.interfaces.size(), 3U);
  EXPECT_EQ(outcome.interfaces[2].name, "eth2");
  EXPECT_EQ(outcome.at(0).interface_index, 1U);
}

TEST(PcapngWriter, RefusesClocksNoFileCanDescribe) {
  Interface interface = interface_of("odd");
  interface.ticks_per_second = 1'000'001;
  Packet packet = packet_of("x");
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  const auto write = [&] { writer.write({&interface, 1}, {&packet, 1}); };
  EXPECT_EQ(refusal(write), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal([&] { writer.write_statistics({&interface, 1}, {}); }),
            ErrorCode::invalid_argument);
  interface.ticks_per_second = 1'000;
  write();
  writer.close();
  EXPECT_EQ(read_memory(bytes).packets.size(), 1U);
}

TEST(PcapngWriter, RefusesPacketsOfInterfacesThereAreNot) {
  const Interface interface;
  const std::array packets{packet_of("x"), packet_of("y", 0, 1)};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  EXPECT_EQ(refusal([&] { writer.write({}, packets); }), ErrorCode::invalid_argument);
  EXPECT_EQ(refusal([&] { writer.write({&interface, 1}, packets); }), ErrorCode::invalid_argument);
  EXPECT_EQ(writer.counts().packets, 1U);
}

TEST(PcapngWriter, RefusesTimesTheClockCannotTellAndKeepsThePacketsBefore) {
  Interface interface = interface_of("late");
  interface.time_offset = 10;
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  const std::array packets{packet_of("x", 10'000'000'000), packet_of("y", 9'999'999'999)};
  EXPECT_EQ(refusal([&] { writer.write({&interface, 1}, packets); }), ErrorCode::cannot_hold);
  writer.close();
  const Outcome outcome = read_memory(bytes);
  ASSERT_EQ(outcome.packets.size(), 1U);
  EXPECT_EQ(outcome.time(0), 10'000'000'000);
}

TEST(PcapngWriter, RoundsTimesDownAndCountsThoseItWrites) {
  Interface interface = interface_of("slow");
  interface.ticks_per_second = 1'000;
  const std::array packets{packet_of("a", 1'999'999), packet_of("b", 2'000'000),
                           packet_of("c", -1)};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  EXPECT_EQ(refusal([&] { writer.write({&interface, 1}, packets); }), ErrorCode::cannot_hold);
  EXPECT_EQ(writer.counts().rounded_times, 1U);
  EXPECT_EQ(read_memory(bytes).time(0), 1'000'000);
}

TEST(PcapngWriter, SaysDirectionAndFlagsInEpbFlags) {
  const Interface interface;
  std::array packets{packet_of("abc"), packet_of("abcd"), packet_of("a"), packet_of("")};
  packets[0].direction = Direction::in;
  packets[1].direction = Direction::out;
  packets[1].flags = PacketFlags::checksum_not_ready | PacketFlags::several_segments;
  packets[2].flags = PacketFlags::checksum_verified;
  packets[3].flags = PacketFlags::software_clock;
  const auto bytes =
      written(plain(), [&](Writer& writer) { writer.write({&interface, 1}, packets); });
  const auto flags = [](std::uint32_t value) {
    return [value](CaptureBytes& options) { options.option_u32(2, value).u32(0); };
  };
  CaptureBytes expected;
  expected.section(0, end_mark).interface().enhanced(0, 0, "abc", 0, flags(1));
  expected.enhanced(0, 0, "abcd", 0, flags(1 << 9 | 1 << 11 | 2));
  expected.enhanced(0, 0, "a", 0, flags(1 << 10)).enhanced(0, 0, "");
  EXPECT_EQ(bytes, expected.bytes());
}

TEST(PcapngWriter, SaysWhichPacketsHaveAFrameCheckSequenceWhereTheInterfaceDoesNot) {
  std::array<Interface, 2> interfaces;
  interfaces[1].fcs_length = 4;
  std::array packets{packet_of("abc"), packet_of("abc", 0, 1)};
  for (Packet& packet : packets) packet.flags = PacketFlags::has_fcs;
  const Outcome outcome =
      read_memory(written({}, [&](Writer& writer) { writer.write(interfaces, packets); }));
  for (const std::size_t i : {0UL, 1UL}) {
    EXPECT_TRUE(has(outcome.at(i).flags, PacketFlags::has_fcs)) << i;
  }
}

TEST(PcapngWriter, CopiesTheOptionsOfPacketsByteForByte) {
  CaptureBytes file;
  file.section(0, end_mark).interface();
  file.enhanced(0, 7, "ab", 0, [](CaptureBytes& options) {
    options.option(1, "a comment").option_u32(2, 1).option(0x8123, "odd").u32(0);
  });
  file.enhanced(0, 8, "abc", 9, [](CaptureBytes& options) { options.option(1, "no end mark"); });
  EXPECT_EQ(copied(file.bytes(), plain()), file.bytes());
}

TEST(PcapngWriter, BringsTheOptionsOfABigEndianFileIntoItsOwnOrder) {
  const auto write = [](CaptureBytes& file) {
    file.section(0, [](CaptureBytes& options) { options.option(4, "somebody").u32(0); });
    file.interface(1, 500, [](CaptureBytes& options) {
      options.option(2, "eth0").option_u64(8, 1'000'000'000).option_u64(14, 3).u32(0);
    });
    file.enhanced(0, 7, "ab", 0, [](CaptureBytes& options) {
      options.option(1, "a comment").option_u32(2, 2).option_u64(4, 11).option_u64(5, 12).u32(0);
    });
    file.statistics(0, 9, [](CaptureBytes& options) {
      options.option_time(2, 1ULL << 40).option_u64(4, 5).u32(0);
    });
  };
  CaptureBytes big{ByteOrder::big};
  CaptureBytes little;
  write(big);
  write(little);
  EXPECT_EQ(copied(big.bytes(), {}), little.bytes());
}

TEST(PcapngWriter, WritesSimplePacketsAsSuch) {
  CaptureBytes file;
  file.section(0, end_mark).interface(1, 4);
  file.block(3, [](CaptureBytes& body) { body.u32(100).text("abcd"); });
  file.block(3, [](CaptureBytes& body) { body.u32(3).text("xyz"); });
  file.block(3, [](CaptureBytes& body) { body.u32(0); });
  EXPECT_EQ(copied(file.bytes(), plain()), file.bytes());
}

TEST(PcapngWriter, WritesWhatASimplePacketBlockCannotSayAsAnEnhancedOne) {
  std::array<Interface, 2> interfaces;
  interfaces[0].snapshot_length = 4;
  std::array packets{packet_of("abc"), packet_of("abcde"), packet_of("abc", 0, 1),
                     packet_of("abc")};
  for (Packet& packet : packets) packet.flags = PacketFlags::no_timestamp;
  packets[0].wire_length = 4;
  packets[3].direction = Direction::out;
  const Outcome outcome =
      read_memory(written({}, [&](Writer& writer) { writer.write(interfaces, packets); }));
  ASSERT_EQ(outcome.packets.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(outcome.text(i), std::string(packets[i].data.begin(), packets[i].data.end()));
    EXPECT_EQ(outcome.at(i).wire_length, packets[i].wire_length);
    EXPECT_EQ(outcome.at(i).interface_index, packets[i].interface_index);
    EXPECT_EQ(outcome.at(i).direction, packets[i].direction);
  }
}

TEST(PcapngWriter, KeepsWireLengthsShorterThanTheDataAndEmptyData) {
  const Interface interface;
  std::array packets{packet_of("abcdef"), packet_of("")};
  packets[0].wire_length = 2;
  packets[1].wire_length = 60;
  const Outcome outcome =
      read_memory(written({}, [&](Writer& writer) { writer.write({&interface, 1}, packets); }));
  EXPECT_EQ(outcome.text(0), "abcdef");
  EXPECT_EQ(outcome.at(0).wire_length, 2U);
  EXPECT_EQ(outcome.text(1), "");
  EXPECT_EQ(outcome.at(1).wire_length, 60U);
}

TEST(PcapngWriter, RefusesBlocksLargerThanAnyReaderTakes) {
  const std::string large(max_record_size + (64UL << 10), 'x');
  const Interface interface;
  const std::array packets{packet_of(std::string_view{large}.substr(32)), packet_of(large)};
  std::vector<std::uint8_t> bytes;
  Writer writer = Writer::memory(bytes);
  EXPECT_EQ(refusal([&] { writer.write({&interface, 1}, packets); }), ErrorCode::cannot_hold);
  writer.close();
  const Outcome outcome = read_memory(bytes);
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_EQ(outcome.packets.size(), 1U);
}

TEST(PcapngWriter, CopiesBlocksInItsOwnByteOrder) {
  const auto write = [](CaptureBytes& file) {
    file.section(0, end_mark).interface();
    file.block(4, [](CaptureBytes& body) {
      body.option(1, std::string_view{"\x7f\0\0\1host\0", 9}).u32(0).option(2, "resolver").u32(0);
    });
    file.block(10, [](CaptureBytes& body) { body.u32(0x544c'534b).u32(5).text("keys\n").pad(); });
    file.block(0xbad, [](CaptureBytes& body) { body.u32(32473).text("theirs"); });
    file.enhanced(0, 1, "x");
  };
  CaptureBytes little;
  write(little);
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    CaptureBytes file{order};
    write(file);
    EXPECT_EQ(copied(file.bytes(), plain()), little.bytes());
  }
}

TEST(PcapngWriter, KeepsSectionsWithoutInterfacesAndWhatIsInThem) {
  CaptureBytes file;
  const auto section = [&](std::string_view comment) {
    file.section(0, [&](CaptureBytes& body) { body.option(1, comment).option(0, ""); });
  };
  section("nothing else");
  section("a packet");
  file.interface(1, 100).interface(101, 200).enhanced(0, 1, "abcd");
  section("a block");
  file.block(0xbad, [](CaptureBytes& body) { body.text("0000text"); });
  section("an interface");
  file.interface(1, 300);
  section("an interface");
  file.interface(1, 300).enhanced(0, 2, "efgh");
  section("nothing again");
  EXPECT_EQ(copied(file.bytes(), {}), file.bytes());
}

TEST(PcapngWriter, StartsAFileWithABlockBelowTheSectionThatIsGiven) {
  const auto bytes = written(plain(), [](Writer& writer) {
    writer.write_blocks({}, std::array{Block{.type = 0xbad, .body = bytes_of("abcde")}});
  });
  CaptureBytes expected;
  expected.section(0, end_mark).block(0xbad, [](CaptureBytes& body) { body.text("abcde"); });
  EXPECT_EQ(bytes, expected.bytes());
}

}  // namespace
}  // namespace weir::savefile
