// What pcapng files say beside their packets: sections, interfaces, statistics.
#include <gtest/gtest.h>

#include "unit/savefile/capture_bytes.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::Outcome;
using test::read_memory;

/// The same option list little-endian.
std::vector<std::uint8_t> little(const std::function<void(CaptureBytes&)>& options) {
  CaptureBytes list;
  options(list);
  return list.bytes();
}

std::optional<Timestamp> at(std::int64_t nanoseconds) { return Timestamp{Duration{nanoseconds}}; }

class PcapngDescribes : public testing::TestWithParam<ByteOrder> {};
INSTANTIATE_TEST_SUITE_P(BothOrders, PcapngDescribes,
                         testing::Values(ByteOrder::little, ByteOrder::big), [](const auto& order) {
                           return order.param == ByteOrder::big ? "Big" : "Little";
                         });

TEST_P(PcapngDescribes, EverySectionWithAllItsOptions) {
  const auto options = [](CaptureBytes& list) {
    list.option(1, "first").option(4, "weir").option(3, "Linux").option(1, std::string{"x\0", 2});
    list.option(2, "card").option(0x7fff, "unknown").option(0, "");
  };
  CaptureBytes file{GetParam()};
  file.section(0, options).interface().interface().enhanced(0, 1, "abc");
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.sections.size(), 1U);
  EXPECT_EQ(*outcome.sections[0], (Section{.comment = "first\nx",
                                           .hardware = "card",
                                           .operating_system = "Linux",
                                           .application = "weir",
                                           .options = little(options)}));
  ASSERT_EQ(outcome.interfaces.size(), 2U);
  EXPECT_EQ(outcome.interfaces[0].section, outcome.sections[0]);
  EXPECT_EQ(outcome.interfaces[1].section, outcome.sections[0]);
}

TEST_P(PcapngDescribes, EachSectionForItself) {
  CaptureBytes file{GetParam()};
  file.section(0, [](CaptureBytes& list) { list.option(1, "one"); }).interface();
  file.section(0, [](CaptureBytes& list) { list.option(1, "without interface"); });
  file.section().interface().enhanced(0, 1, "abc");
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.sections.size(), 3U);
  EXPECT_EQ(outcome.interfaces[0].section->comment, "one");
  EXPECT_EQ(outcome.sections[1]->comment, "without interface");
  EXPECT_EQ(outcome.interfaces[1].section, outcome.sections[2]);
  EXPECT_EQ(*outcome.sections[2], Section{});
}

TEST_P(PcapngDescribes, InterfacesWithTheirCommentsAndOptions) {
  const auto options = [](CaptureBytes& list) {
    list.option(1, "uplink").option(2, "eth0").option_u64(8, 1'000'000'000).option_u32(10, 3600);
    list.option(9, "\x09").option_u64(14, 5).option(4, "addrmask").option_u64(16, 7);
    list.option_u64(17, 8).option(1, "and more").u16(2988).u16(6).u32(32473).text("hi").pad();
  };
  CaptureBytes file{GetParam()};
  file.section().interface(1, 96, options);
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.interfaces.size(), 1U);
  EXPECT_EQ(outcome.interfaces[0].comment, "uplink\nand more");
  EXPECT_EQ(outcome.interfaces[0].options, little(options));
  EXPECT_EQ(outcome.interfaces[0].time_offset, 5);
}

TEST_P(PcapngDescribes, NothingOfAListBehindItsEnd) {
  CaptureBytes file{GetParam()};
  file.section().interface(
      1, 0, [](CaptureBytes& list) { list.option(2, "eth0").option(0, "").option(3, "not read"); });
  file.interface(1, 0, [](CaptureBytes& list) { list.option(2, "eth1").u16(3).u16(99).u32(1); });
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.interfaces.size(), 2U);
  EXPECT_EQ(outcome.interfaces[0].options,
            little([](CaptureBytes& list) { list.option(2, "eth0").option(0, ""); }));
  EXPECT_EQ(outcome.interfaces[1].options,
            little([](CaptureBytes& list) { list.option(2, "eth1"); }));
}

TEST_P(PcapngDescribes, TheLastStatisticsOfEachInterface) {
  const auto options = [](CaptureBytes& list) {
    list.option_time(2, 1'000'000).option_time(3, 0x0006'0a3b'0000'0001).option_u64(4, 1000);
    list.option_u64(5, 20).option_u64(6, 900).option_u64(7, 3).option_u64(8, 897);
    list.option(1, "bye").option(0, "");
  };
  CaptureBytes file{GetParam()};
  file.section().interface(1, 0, [](CaptureBytes& list) { list.option(9, "\x09"); }).interface();
  file.statistics(1, 7, [](CaptureBytes& list) { list.option_u64(4, 1); });
  file.statistics(0, 8).enhanced(0, 1, "abc").statistics(1, 0x0006'0a3b'1234'5678, options);
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.statistics.size(), 2U);
  const InterfaceStatistics& last = outcome.statistics[0];
  EXPECT_EQ(last.interface_index, 1U);
  EXPECT_EQ(last.number, 2U);
  EXPECT_EQ(last.time, at(0x0006'0a3b'1234'5678 * 1000));
  EXPECT_EQ(last.start, at(1'000'000'000));
  EXPECT_EQ(last.end, at(0x0006'0a3b'0000'0001 * 1000));
  EXPECT_EQ(last.received, 1000U);
  EXPECT_EQ(last.dropped, 20U);
  EXPECT_EQ(last.filter_accepted, 900U);
  EXPECT_EQ(last.system_dropped, 3U);
  EXPECT_EQ(last.delivered, 897U);
  EXPECT_EQ(last.comment, "bye");
  EXPECT_EQ(last.options, little(options));
  EXPECT_EQ(outcome.statistics[1].interface_index, 0U);
  EXPECT_EQ(outcome.statistics[1].number, 1U);
  EXPECT_EQ(outcome.statistics[1].time, at(8));
  EXPECT_EQ(outcome.statistics[1].received, std::nullopt);
}

TEST_P(PcapngDescribes, StatisticsByTheInterfacesOfTheirSection) {
  CaptureBytes file{GetParam()};
  file.section().interface().section().interface().statistics(0, 5);
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.statistics.size(), 1U);
  EXPECT_EQ(outcome.statistics[0].interface_index, 1U);
}

TEST_P(PcapngDescribes, NoStatisticsThatContradictThemselves) {
  CaptureBytes file{GetParam()};
  file.section().interface();
  file.block(5, [](CaptureBytes& body) { body.u32(0).u32(0); });  // too short
  file.statistics(1, 5);                                          // of no interface
  file.statistics(0, ~std::uint64_t{0});                          // at no time
  file.enhanced(0, 1, "abc");
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  EXPECT_TRUE(outcome.statistics.empty());
  EXPECT_EQ(outcome.packets.size(), 1U);
}

TEST_P(PcapngDescribes, NoCountersOfAnotherSize) {
  CaptureBytes file{GetParam()};
  file.section().interface().statistics(0, 5, [](CaptureBytes& list) {
    list.option_u32(4, 1).option_u32(2, 1).option_time(3, ~std::uint64_t{0}).option_u64(5, 2);
  });
  const Outcome outcome = read_memory(file.bytes());
  ASSERT_EQ(outcome.statistics.size(), 1U);
  EXPECT_EQ(outcome.statistics[0].received, std::nullopt);
  EXPECT_EQ(outcome.statistics[0].start, std::nullopt);
  EXPECT_EQ(outcome.statistics[0].end, std::nullopt);
  EXPECT_EQ(outcome.statistics[0].dropped, 2U);
}

TEST(PcapngDescriptions, AreNotKeptWithoutEnd) {
  const std::string much(60'000, 'm');
  CaptureBytes file;
  file.section();
  for (int i = 0; i < 1200; ++i) {
    file.interface(1, 0, [&](CaptureBytes& list) { list.option(1, much); });
  }
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_EQ(outcome.error, ErrorCode::unsupported_format);
  EXPECT_NE(outcome.message.find("16 MiB"), std::string::npos);
}

TEST(PcapngDescriptions, KeepOnlyTheLastOfManyStatistics) {
  const std::string much(60'000, 'm');
  CaptureBytes file;
  file.section().interface();
  for (std::uint32_t i = 0; i < 1200; ++i) {
    file.statistics(0, i, [&](CaptureBytes& list) { list.option(1, much); });
  }
  const Outcome outcome = read_memory(file.bytes());
  EXPECT_TRUE(outcome.complete()) << outcome.message;
  ASSERT_EQ(outcome.statistics.size(), 1U);
  EXPECT_EQ(outcome.statistics[0].number, 1200U);
}

TEST(PcapngDescriptions, AreBoundedInNumber) {
  CaptureBytes sections;
  for (int i = 0; i <= 65'536; ++i) sections.section();
  EXPECT_EQ(read_memory(sections.bytes()).error, ErrorCode::unsupported_format);
  CaptureBytes interfaces;
  interfaces.section();
  for (int i = 0; i <= 65'536; ++i) interfaces.interface();
  EXPECT_EQ(read_memory(interfaces.bytes()).error, ErrorCode::unsupported_format);
}

TEST(PcapDescriptions, AreNone) {
  const auto bytes = CaptureBytes{}.pcap_header().record(1, 0, "abc").bytes();
  const Outcome outcome = read_memory(bytes);
  EXPECT_TRUE(outcome.sections.empty());
  EXPECT_TRUE(outcome.statistics.empty());
  EXPECT_TRUE(outcome.blocks.empty());
  EXPECT_EQ(outcome.interfaces[0].section, nullptr);
}

}  // namespace
}  // namespace weir::savefile
