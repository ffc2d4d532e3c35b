// One filter on packets of several link types: each is judged by the program for its own.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/allocations.h"
#include "support/hex.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::filter {
namespace {

// IPv4 192.0.2.1 > 198.51.100.2, UDP 4660 > 53, no payload; behind Ethernet; behind LINUX_SLL2.
const std::vector<std::uint8_t> datagram = test::hex(
    "45 00 00 1c 00 00 00 00 40 11 00 00 c0 00 02 01 c6 33 64 02"
    "12 34 00 35 00 08 00 00");

std::vector<std::uint8_t> behind(const char* header) {
  std::vector<std::uint8_t> bytes = test::hex(header);
  bytes.insert(bytes.end(), datagram.begin(), datagram.end());
  return bytes;
}

const std::vector<std::uint8_t> frame = behind("02 00 5e 00 00 02 02 00 5e 00 00 01 08 00");
const std::vector<std::uint8_t> cooked =
    behind("08 00 00 00 00 00 00 05 00 01 00 06 02 00 5e 00 00 01 00 00");

Packet packet_of(const std::vector<std::uint8_t>& bytes, LinkType link_type) {
  Packet packet;
  packet.data = bytes;
  packet.wire_length = static_cast<std::uint32_t>(bytes.size());
  packet.link_type = link_type;
  return packet;
}

/// Six packets, of three link types by turns.
std::vector<Packet> of_three_link_types() {
  std::vector<Packet> packets;
  for (int i = 0; i < 2; ++i) {
    packets.push_back(packet_of(frame, LinkType::ethernet));
    packets.push_back(packet_of(cooked, LinkType::linux_sll2));
    packets.push_back(packet_of(datagram, LinkType::raw));
  }
  return packets;
}

TEST(FilterLinkTypes, EachPacketIsJudgedByTheProgramForItsOwn) {
  const std::vector<Packet> packets = of_three_link_types();
  const Filter dns{"udp port 53"};
  for (const Packet& packet : packets) EXPECT_TRUE(dns.matches(packet));
  EXPECT_EQ(dns.count(packets), 6U);
  std::vector<Packet> selected;
  dns.select(packets, selected);
  ASSERT_EQ(selected.size(), 6U);
  EXPECT_EQ(selected[4].link_type, LinkType::linux_sll2);
  EXPECT_EQ(Filter{"udp port 54"}.count(packets), 0U);
  EXPECT_EQ(dns.refused(), 0U);
}

TEST(FilterLinkTypes, PacketsItMakesNoSenseForAreCountedAndTheReasonIsKept) {
  const std::vector<Packet> packets = of_three_link_types();
  const Filter filter{"ifindex 5"};
  std::vector<Packet> selected;
  filter.select(packets, selected);
  EXPECT_EQ(selected.size(), 2U);
  EXPECT_FALSE(filter.matches(packets[0]));
  EXPECT_EQ(filter.refused(), 5U);
  const std::vector<Refusal> refusals = filter.refusals();
  ASSERT_EQ(refusals.size(), 2U);
  EXPECT_EQ(refusals[0].link_type, LinkType::ethernet);
  EXPECT_EQ(refusals[0].packets, 3U);
  EXPECT_EQ(refusals[1].link_type, LinkType::raw);
  EXPECT_EQ(refusals[1].packets, 2U);
  EXPECT_EQ(refusals[0].error.code(), ErrorCode::filter_link_type);
  EXPECT_EQ(refusals[0].error.expression(), "ifindex 5");
  EXPECT_NE(std::string{refusals[0].error.what()}.find("ifindex"), std::string::npos);
}

TEST(FilterLinkTypes, CopiesShareProgramsAndCounts) {
  const Filter filter{"ifindex 5"};
  const Filter copy = filter;
  EXPECT_FALSE(copy.matches(packet_of(datagram, LinkType::raw)));
  EXPECT_EQ(filter.refused(), 1U);
  EXPECT_EQ(filter.on_engine(Engine::interpreter).refused(), 0U);
}

TEST(FilterLinkTypes, WhatIsWrongForAllIsRefusedAtOnce) {
  EXPECT_THROW(Filter{"udp porto 53"}, FilterError);
  EXPECT_NO_THROW(Filter{"type mgt"});
}

TEST(FilterLinkTypes, NothingIsCompiledTwice) {
  const std::vector<Packet> packets = of_three_link_types();
  const Filter dns{"udp port 53"};
  for (const LinkType type : {LinkType::linux_sll2, LinkType::raw}) dns.prepare(type);
  const auto before = test::allocation_count();
  EXPECT_EQ(dns.count(packets), 6U);
  EXPECT_EQ(test::allocation_count(), before);
}

TEST(FilterLinkTypes, WhatIsPreparedAndNeverComesIsNotRefused) {
  const Filter filter{"ifindex 5"};
  for (const LinkType type : usual_link_types()) filter.prepare(type);
  EXPECT_TRUE(filter.refusals().empty());
  EXPECT_EQ(filter.count(std::vector{packet_of(cooked, LinkType::linux_sll2)}), 1U);
}

TEST(FilterLinkTypes, BeyondTheCapPacketsAreRefusedAndCounted) {
  const Filter filter{"len > 1"};
  for (unsigned type = 0; type < max_link_types + 10; ++type) {
    EXPECT_EQ(filter.count(std::vector{packet_of({}, static_cast<LinkType>(type))}), 0U);
  }
  ASSERT_FALSE(filter.refusals().empty());
  const Refusal last = filter.refusals().back();
  EXPECT_EQ(last.link_type, std::nullopt);
  EXPECT_EQ(last.packets, 10U);
  EXPECT_TRUE(filter.matches(packet_of(frame, LinkType::ethernet)));
}

TEST(FilterLinkTypes, AnotherProcessCanCompile) {
  const Filter there{"ifindex 5 and udp"};
  Filter here{"ifindex 5 and udp"};
  int asked = 0;
  here.compile_elsewhere([&](LinkType type) {
    ++asked;
    return there.compiled_octets(type);
  });
  EXPECT_TRUE(here.matches(packet_of(cooked, LinkType::linux_sll2)));
  EXPECT_FALSE(here.matches(packet_of(datagram, LinkType::raw)));
  EXPECT_FALSE(here.matches(packet_of(datagram, LinkType::raw)));
  EXPECT_TRUE(here.on_engine(Engine::interpreter).matches(packet_of(cooked, LinkType::linux_sll2)));
  EXPECT_EQ(asked, 2);
  ASSERT_EQ(here.refusals().size(), 1U);
  try {
    static_cast<void>(there.program(LinkType::raw));
    FAIL();
  } catch (const FilterError& error) {
    EXPECT_STREQ(here.refusals()[0].error.what(), error.what());
    EXPECT_EQ(here.refusals()[0].error.code(), error.code());
    EXPECT_EQ(here.refusals()[0].error.position(), error.position());
  }
}

TEST(FilterLinkTypes, WhereTheOtherProcessIsGonePacketsAreRefused) {
  Filter filter{"udp"};
  filter.compile_elsewhere([](LinkType) -> std::string { throw SystemError{EPIPE, "ask"}; });
  EXPECT_TRUE(filter.matches(packet_of(frame, LinkType::ethernet)));
  EXPECT_FALSE(filter.matches(packet_of(datagram, LinkType::raw)));
  EXPECT_EQ(filter.refused(), 1U);
  filter.compile_elsewhere([](LinkType) { return std::string{"?"}; });
  EXPECT_FALSE(filter.matches(packet_of(cooked, LinkType::linux_sll2)));
  EXPECT_EQ(filter.refused(), 2U);
}

}  // namespace
}  // namespace weir::filter
