// outline(): which checksum was left to the adapter, and how it is finished.
#include "gate/reinject/outline.h"

#include <gtest/gtest.h>

#include "support/checked_frames.h"
#include "weir/wire/sctp.h"
#include "weir/wire/vlan.h"
#include "weir/wire/vxlan.h"

namespace weir::gate {
namespace {

using namespace weir::test;

constexpr std::size_t udp_field = 6;
constexpr std::size_t tcp_field = 16;

/// The checksum that outline() finds unfinished is finished; the frame is `right` then.
void expect_finished(const Octets& left, const Octets& right,
                     LinkType link_type = LinkType::ethernet) {
  ASSERT_NE(left, right);
  const Outline found = outline(left, link_type, false);
  ASSERT_TRUE(found.unfinished);
  Octets finished = left;
  found.unfinished->finish(finished);
  EXPECT_EQ(finished, right);
}

TEST(Outline, FinishesUdpOverIpv4) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 109);
  expect_finished(left, right);
  const Outline found = outline(left, LinkType::ethernet, false);
  EXPECT_EQ(found.ip, 14U);
  EXPECT_EQ(found.ip_size, 129U);
  EXPECT_EQ(found.transport->header, 34U);
  EXPECT_EQ(found.transport->payload, 42U);
  EXPECT_EQ(found.transport->end, left.size());
}

TEST(Outline, FinishesTheShortestOfUdp) {
  for (const std::size_t size : {0U, 1U, 2U}) {
    const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(size));
    const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17,
                                        static_cast<std::uint32_t>(8 + size));
    expect_finished(left, right);
  }
}

TEST(Outline, FinishesTcpOverIpv6) {
  const Octets right = sealed(eth(0x86dd), ip6(6), tcp(), rest(1400));
  expect_finished(left_to_adapter(right, 14, ipv6_transport + tcp_field, 6, 1420), right);
}

TEST(Outline, FinishesBehindVlanTagsAndWithoutALinkHeader) {
  const Octets tagged =
      sealed(eth(0x8100), wire::VlanFields{.identifier = 7}, ip4(17), udp(), rest(9));
  expect_finished(left_to_adapter(tagged, 18, 38 + udp_field, 17, 17), tagged);
  const Octets bare = sealed(ip6(17), udp(), rest(9));
  expect_finished(left_to_adapter(bare, 0, 40 + udp_field, 17, 17), bare, LinkType::raw);
}

TEST(Outline, WritesASumOfZeroOfUdpAsAllOnes) {
  Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(40, 0));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 48);
  // A payload that brings the checksum to zero.
  Octets zero = left;
  const auto sum = static_cast<std::uint16_t>(~load_be<std::uint16_t>(&right[40]));
  store_be(&zero[50], static_cast<std::uint16_t>(~sum));
  const Outline found = outline(zero, LinkType::ethernet, false);
  ASSERT_TRUE(found.unfinished);
  found.unfinished->finish(zero);
  EXPECT_EQ(load_be<std::uint16_t>(&zero[40]), 0xffff);
  EXPECT_EQ(checksums_of(zero), "ip good, udp good");
}

TEST(Outline, TakesRightAndWrongChecksumsAsTheyAre) {
  const Octets right = sealed(eth(0x0800), ip4(6), tcp(), rest(50));
  EXPECT_FALSE(outline(right, LinkType::ethernet, false).unfinished);
  EXPECT_TRUE(outline(right, LinkType::ethernet, false).transport);
  const Octets wrong = changed(right, ipv4_transport + tcp_field, right[50] ^ 1);
  EXPECT_FALSE(outline(wrong, LinkType::ethernet, false).unfinished);
  const Octets none = changed(changed(sealed(eth(0x0800), ip4(17), udp(), rest(50)), 40, 0), 41, 0);
  EXPECT_FALSE(outline(none, LinkType::ethernet, false).unfinished);
}

TEST(Outline, BelievesThatSegmentsAreFinished) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(101));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 109);
  EXPECT_FALSE(outline(left, LinkType::ethernet, true).unfinished);
  EXPECT_TRUE(outline(left, LinkType::ethernet, true).transport);
}

TEST(Outline, LeavesPaddingOut) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(5));
  ASSERT_EQ(right.size(), 60U);
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 13);
  expect_finished(padded(left, 3), padded(right, 3));
  EXPECT_EQ(outline(left, LinkType::ethernet, false).transport->end, 47U);
}

TEST(Outline, FinishesWithinATunnel) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, eth(0x86dd),
                              ip6(6), tcp(), rest(77));
  constexpr std::size_t inner_ip = 14 + 20 + 8 + 8 + 14;
  const Octets left = left_to_adapter(right, inner_ip, inner_ip + 40 + tcp_field, 6, 97);
  expect_finished(left, right);
}

TEST(Outline, FinishesTheOuterHeaderOfATunnel) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, eth(0x86dd),
                              ip6(6), tcp(), rest(77));
  const std::size_t length = right.size() - ipv4_transport;
  expect_finished(left_to_adapter(right, 14, ipv4_transport + udp_field, 17, length), right);
}

TEST(Outline, LeavesFragmentsWithinATunnelAlone) {
  Octets tunnel = sealed(eth(0x0800), ip4(17), udp(4789), wire::VxlanFields{}, eth(0x0800), ip4(17),
                         udp(), rest(80));
  constexpr std::size_t inner_ip = 14 + 20 + 8 + 8 + 14;
  tunnel[inner_ip + 6] = 0x20;  // more fragments
  tunnel = left_to_adapter(tunnel, inner_ip, inner_ip + 20 + udp_field, 17, 88);
  EXPECT_FALSE(outline(tunnel, LinkType::ethernet, false).unfinished);
}

TEST(Outline, FinishesSctp) {
  const Octets right = sealed(eth(0x0800), ip4(132), wire::SctpFields{}, rest(16));
  Octets left = right;
  std::fill_n(left.begin() + ipv4_transport + 8, 4, std::uint8_t{0});
  expect_finished(left, right);
}

TEST(Outline, FinishesJumbogramsAsFarAsTheirOptionSays) {
  constexpr std::uint32_t jumbo_size = 8 + 12 + 70'000;
  Octets options{132, 0, 0xc2, 4, 0, 0, 0, 0};
  store_be(&options[4], jumbo_size);
  const Octets left =
      padded(frame(eth(0x86dd), ip6(0), options, wire::SctpFields{}, rest(70'000)), 10);
  const Outline found = outline(left, LinkType::ethernet, false);
  EXPECT_EQ(found.ip_size, 40 + jumbo_size);
  ASSERT_TRUE(found.unfinished);
  EXPECT_EQ(found.unfinished->end, left.size() - 10);
  Octets finished = left;
  found.unfinished->finish(finished);
  EXPECT_EQ(checksums_of(finished), "sctp good");
}

TEST(Outline, LeavesFragmentsAlone) {
  Octets first = sealed(eth(0x0800), ip4(17), udp(), rest(64));
  first[20] = 0x20;  // more fragments
  first = left_to_adapter(first, 14, ipv4_transport + udp_field, 17, 72);
  const Outline found = outline(first, LinkType::ethernet, false);
  EXPECT_FALSE(found.unfinished);
  EXPECT_FALSE(found.transport);
  EXPECT_EQ(found.ip, 14U);
}

TEST(Outline, ReadsNoLengthBeyondTheFrame) {
  const Octets right = sealed(eth(0x0800), ip4(17), udp(), rest(64));
  const Octets left = left_to_adapter(right, 14, ipv4_transport + udp_field, 17, 72);
  for (std::size_t size = 0; size < left.size(); ++size) {
    EXPECT_FALSE(outline(Bytes{left}.first(size), LinkType::ethernet, false).transport) << size;
  }
  EXPECT_FALSE(outline(changed(left, ipv4_transport + 5, 73), LinkType::ethernet, false).transport);
  EXPECT_FALSE(outline(changed(left, ipv4_transport + 5, 7), LinkType::ethernet, false).transport);
}

}  // namespace
}  // namespace weir::gate
