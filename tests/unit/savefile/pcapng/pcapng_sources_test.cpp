// One pcapng written from several sources: whose interfaces are the same, which section is whose.
#include <gtest/gtest.h>

#include <array>

#include "unit/savefile/capture_bytes.h"
#include "unit/savefile/written_packets.h"

namespace weir::savefile {
namespace {

using test::CaptureBytes;
using test::interface_of;
using test::Outcome;
using test::packet_of;
using test::read_memory;
using test::written;

std::shared_ptr<const Section> section_of(std::string comment) {
  return std::make_shared<const Section>(Section{.comment = std::move(comment)});
}

std::vector<std::string> names_of(const Outcome& outcome) {
  std::vector<std::string> names;
  for (const Interface& interface : outcome.interfaces) names.push_back(interface.name);
  return names;
}

/// The name of the interface each packet is read from.
std::vector<std::string> origins_of(const Outcome& outcome) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < outcome.packets.size(); ++i) {
    names.push_back(outcome.interfaces.at(outcome.at(i).interface_index).name);
  }
  return names;
}

using Names = std::vector<std::string>;

TEST(PcapngSources, WithTheSameDescriptionShareAnInterface) {
  const std::array first{interface_of("eth0"), interface_of("eth1")};
  const std::array second{interface_of("eth1"), interface_of("eth2")};
  const std::array packets{packet_of("a", 1, 0), packet_of("b", 2, 1)};
  const Outcome outcome = read_memory(written({}, [&](Writer& writer) {
    writer.write(first, packets);
    writer.write(second, packets);
    writer.write(first, packets);
  }));
  EXPECT_EQ(names_of(outcome), (Names{"eth0", "eth1", "eth2"}));
  EXPECT_EQ(origins_of(outcome), (Names{"eth0", "eth1", "eth1", "eth2", "eth0", "eth1"}));
}

TEST(PcapngSources, ThatDifferInASingleFactShareNone) {
  Interface other = interface_of("eth0");
  const Packet packet = packet_of("a");
  const auto interfaces_with = [&](const Interface& changed) {
    const std::array first{interface_of("eth0")};
    return read_memory(written({},
                               [&](Writer& writer) {
                                 writer.write(first, {&packet, 1});
                                 writer.write({&changed, 1}, {&packet, 1});
                               }))
        .interfaces.size();
  };
  EXPECT_EQ(interfaces_with(other), 1U);
  for (std::string Interface::* const fact :
       {&Interface::name, &Interface::description, &Interface::comment, &Interface::filter,
        &Interface::operating_system, &Interface::hardware}) {
    Interface changed = other;
    changed.*fact = "another";
    EXPECT_EQ(interfaces_with(changed), 2U);
  }
  other.snapshot_length = 96;
  EXPECT_EQ(interfaces_with(other), 2U);
}

TEST(PcapngSources, InOneBatchAfterTheOtherAtTheSameAddressAreToldApart) {
  std::array interfaces{interface_of("eth0"), interface_of("eth1")};
  interfaces[0].section = section_of("same");
  interfaces[1].section = interfaces[0].section;
  const Packet packet = packet_of("a");
  const Outcome outcome = read_memory(written({}, [&](Writer& writer) {
    writer.write(interfaces, {&packet, 1});
    for (Interface& interface : interfaces) interface.section = section_of("same");
    interfaces[1].name = "eth2";
    writer.write(interfaces, {&packet, 1});
  }));
  EXPECT_EQ(names_of(outcome), (Names{"eth0", "eth1", "eth2"}));
}

TEST(PcapngSources, MayDescribeTwoInterfacesWithTheSameWords) {
  const std::array interfaces{interface_of("any"), interface_of("any"), interface_of("any")};
  const std::array packets{packet_of("a", 1, 2), packet_of("b", 2, 1), packet_of("c", 3, 0)};
  const Outcome outcome =
      read_memory(written({}, [&](Writer& writer) { writer.write(interfaces, packets); }));
  ASSERT_EQ(outcome.interfaces.size(), 3U);
  for (const std::size_t i : {0UL, 1UL, 2UL}) {
    EXPECT_EQ(outcome.at(i).interface_index, packets[i].interface_index);
  }
}

TEST(PcapngSources, KeepASectionEach) {
  std::array interfaces{interface_of("a0"), interface_of("b0"), interface_of("b1")};
  interfaces[0].section = section_of("a");
  interfaces[1].section = interfaces[2].section = section_of("b");
  const std::array packets{packet_of("x", 1, 0), packet_of("y", 2, 2), packet_of("z", 3, 1)};
  const Outcome outcome =
      read_memory(written({}, [&](Writer& writer) { writer.write(interfaces, packets); }));
  ASSERT_EQ(outcome.sections.size(), 2U);
  EXPECT_EQ(outcome.sections[0]->comment, "a");
  EXPECT_EQ(outcome.sections[1]->comment, "b");
  EXPECT_EQ(names_of(outcome), (Names{"a0", "b0", "b1"}));
  EXPECT_EQ(origins_of(outcome), (Names{"a0", "b1", "b0"}));
}

TEST(PcapngSources, WithoutASectionShareTheOneOfTheOptions) {
  const std::array interfaces{interface_of("a0")};
  WriterOptions options;
  options.section.comment = "mine";
  const Packet packet = packet_of("a");
  const Outcome outcome = read_memory(written(options, [&](Writer& writer) {
    writer.write(interfaces, {&packet, 1});
    writer.write(std::array{interface_of("b0")}, {&packet, 1});
  }));
  ASSERT_EQ(outcome.sections.size(), 1U);
  EXPECT_EQ(outcome.sections[0]->comment, "mine");
}

TEST(PcapngSources, WhoseSectionsSayTheSameShareOne) {
  std::array interfaces{interface_of("a0"), interface_of("b0")};
  for (Interface& interface : interfaces) interface.section = section_of("same");
  const std::array packets{packet_of("x", 1, 0), packet_of("y", 2, 1), packet_of("z", 3, 0)};
  const Outcome outcome =
      read_memory(written({}, [&](Writer& writer) { writer.write(interfaces, packets); }));
  EXPECT_EQ(outcome.sections.size(), 1U);
  EXPECT_EQ(origins_of(outcome), (Names{"a0", "b0", "a0"}));
}

// As a file with more sections than one is read: their interfaces follow one another.
TEST(PcapngSources, OfSeveralSectionsAreCopiedByteForByte) {
  CaptureBytes file;
  for (const char* const comment : {"first", "second", "third"}) {
    file.section(0, [&](CaptureBytes& options) { options.option(1, comment).u32(0); });
    file.interface().interface().interface(101, 96);
    file.block(0xbad, [&](CaptureBytes& body) { body.u32(32473).text(comment); });
    for (const std::uint32_t interface : {2U, 0U, 1U}) file.enhanced(interface, 7, comment);
  }
  EXPECT_EQ(test::copied(file.bytes(), {}), file.bytes());
}

TEST(PcapngStatistics, AreWrittenFieldByField) {
  Interface interface = interface_of("eth0");
  interface.ticks_per_second = 1'000'000;
  interface.time_offset = 1;
  const InterfaceStatistics statistics{.time = Timestamp{std::chrono::seconds{30}},
                                       .start = Timestamp{std::chrono::seconds{10}},
                                       .end = Timestamp{std::chrono::seconds{20}},
                                       .received = 1,
                                       .dropped = 2,
                                       .filter_accepted = 3,
                                       .system_dropped = 4,
                                       .delivered = 5,
                                       .comment = "all"};
  const Outcome outcome = read_memory(
      written({}, [&](Writer& writer) { writer.write_statistics({&interface, 1}, statistics); }));
  ASSERT_EQ(outcome.statistics.size(), 1U);
  const InterfaceStatistics& read = outcome.statistics[0];
  EXPECT_EQ(read.time, statistics.time);
  EXPECT_EQ(read.start, statistics.start);
  EXPECT_EQ(read.end, statistics.end);
  EXPECT_EQ(read.received, 1U);
  EXPECT_EQ(read.dropped, 2U);
  EXPECT_EQ(read.filter_accepted, 3U);
  EXPECT_EQ(read.system_dropped, 4U);
  EXPECT_EQ(read.delivered, 5U);
  EXPECT_EQ(read.comment, "all");
}

TEST(PcapngStatistics, LeaveOutWhatWasNotCounted) {
  const Interface interface;
  const Outcome outcome = read_memory(written(
      {}, [&](Writer& writer) { writer.write_statistics({&interface, 1}, {.dropped = 0}); }));
  ASSERT_EQ(outcome.statistics.size(), 1U);
  EXPECT_EQ(outcome.statistics[0].dropped, 0U);
  EXPECT_FALSE(outcome.statistics[0].received);
  EXPECT_FALSE(outcome.statistics[0].start);
}

TEST(PcapngStatistics, AreOfTheSourceTheyComeWith) {
  const std::array first{interface_of("a0")};
  const std::array second{interface_of("b0")};
  const Packet packet = packet_of("x");
  const Outcome outcome = read_memory(written({}, [&](Writer& writer) {
    writer.write(first, {&packet, 1});
    writer.write_statistics(second, {.received = 2});
    writer.write_statistics(first, {.received = 1});
  }));
  EXPECT_EQ(names_of(outcome), (Names{"a0", "b0"}));
  ASSERT_EQ(outcome.statistics.size(), 2U);
  for (const InterfaceStatistics& read : outcome.statistics) {
    EXPECT_EQ(outcome.interfaces.at(read.interface_index).name, read.received == 1 ? "a0" : "b0");
  }
}

}  // namespace
}  // namespace weir::savefile
