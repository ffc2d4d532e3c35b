// Fragments find the flow of their datagram's first fragment.
#include <gtest/gtest.h>

#include "flow/fragment_table.h"
#include "frames.h"

namespace weir::flow::test {
namespace {

FrameFields first_fragment(std::uint32_t identification) {
  return {.protocol = udp, .payload = 16, .more_fragments = true, .identification = identification};
}
FrameFields later_fragment(std::uint32_t identification) {
  return {.protocol = udp, .payload = 100, .fragment_offset = 24, .identification = identification};
}

TEST(Fragments, JoinTheFlowOfTheirFirst) {
  Feed feed;
  feed.send(first_fragment(7));
  feed.send(later_fragment(7));
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(flow.originator().port, 40000);
  EXPECT_EQ(flow.from_originator(), (Counters{2, 58 + 134, 44 + 120, 16 + 100}));
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 0U);
}

TEST(Fragments, OfIpv6Join) {
  Feed feed;
  for (FrameFields fields : {first_fragment(0x12345678), later_fragment(0x12345678)}) {
    fields.source = ip("2001:db8::2");
    fields.destination = ip("2001:db8::1");
    feed.send(fields);
  }
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(flow.originator(), (Endpoint{ip("2001:db8::2"), 40000}));
  EXPECT_EQ(flow.from_originator(), (Counters{2, 86 + 162, 72 + 148, 16 + 100}));
}

TEST(Fragments, JoinBehindHeadersThatStandBeforeTheTransport) {
  // Destination options are part of what is fragmented: the fragment header names them.
  constexpr std::uint8_t options = wire::ip_protocol::ipv6_destination;
  for (const bool v4 : {false, true}) {
    const FrameFields ends{.source = ip(v4 ? "192.0.2.2" : "2001:db8::2"),
                           .destination = ip(v4 ? "192.0.2.1" : "2001:db8::1"),
                           .protocol = v4 ? wire::ip_protocol::ah : options,
                           .identification = 7};
    FrameFields first = ends;
    first.more_fragments = true;
    first.payload = (v4 ? 12 : 8) + 8 + 12;
    auto frame = make_frame(first);
    std::uint8_t* const header = frame.data() + frame.size() - first.payload;
    header[0] = udp;         // next header
    header[1] = v4 ? 1 : 0;  // its length: 12 octets, or 8
    if (!v4) header[2] = 1;  // PadN
    if (!v4) header[3] = 4;
    std::uint8_t* const ports = header + (v4 ? 12 : 8);
    store_be(ports, std::uint16_t{1000});
    store_be(ports + 2, std::uint16_t{2000});
    store_be(ports + 4, std::uint16_t{300});  // goes on in the other fragments
    FrameFields later = ends;
    later.fragment_offset = 32;
    later.payload = 100;

    Feed feed;
    feed.tracker.add(packet_of(frame, at(0s)));
    feed.send(later);
    const Flow& flow = feed.only_flow();
    EXPECT_EQ(feed.recorder.ended.size(), 1U) << v4;
    EXPECT_EQ(flow.protocol(), udp) << v4;
    EXPECT_EQ(flow.originator(), (Endpoint{ends.source, 1000})) << v4;
    EXPECT_EQ(flow.from_originator().packets, 2U) << v4;
    EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 0U) << v4;
  }
}

TEST(Fragments, ThatComeBeforeTheirFirstKeepPortsZero) {
  Feed feed;
  feed.send(later_fragment(7));
  feed.send(first_fragment(7));
  feed.tracker.finish();
  ASSERT_EQ(feed.recorder.ended.size(), 2U);
  EXPECT_EQ(feed.recorder.ended[0].flow().originator().port, 0);
  EXPECT_EQ(feed.recorder.ended[0].flow().from_originator().payload_bytes, 100U);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 1U);
}

TEST(Fragments, StayApartWhenAsked) {
  Feed feed{TrackerOptions{.fragments = Fragments::separate}};
  feed.send(first_fragment(7));
  feed.send(later_fragment(7));
  EXPECT_EQ(feed.tracker.size(), 2U);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 0U);
}

TEST(Fragments, BelongToOneDatagramOfOneSender) {
  Feed feed;
  feed.send(first_fragment(7));
  feed.send(later_fragment(8));
  FrameFields back = later_fragment(7);
  std::swap(back.source, back.destination);
  feed.send(back);
  FrameFields other = later_fragment(7);
  other.protocol = tcp;
  feed.send(other);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 3U);
}

TEST(Fragments, BelongToTheirVlanWhenItIsPartOfTheKey) {
  Feed feed{TrackerOptions{.vlan = true}};
  FrameFields first = first_fragment(7);
  first.vlans = {5};
  FrameFields later = later_fragment(7);
  later.vlans = {6};
  feed.send(first);
  feed.send(later);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 1U);
  later.vlans = {5};
  feed.send(later);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 1U);
}

TEST(Fragments, OfProtocolsWithoutPortsNeedNoFirst) {
  Feed feed;
  feed.send({.protocol = icmp, .payload = 8, .fragment_offset = 24, .identification = 7});
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 0U);
}

TEST(Fragments, ForgetTheirFirstAfterThirtySecondsOfPacketTime) {
  Feed feed;
  feed.send(first_fragment(7), 0s);
  feed.send(later_fragment(7), 30s);
  EXPECT_EQ(feed.tracker.size(), 1U);
  feed.send(later_fragment(7), 30s + 1ns);
  EXPECT_EQ(feed.tracker.size(), 2U);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 1U);
}

using Transport = FragmentTable::Transport;

Transport ports(std::uint16_t source, std::uint16_t destination) {
  return {{source, destination}, udp};
}

DatagramKey datagram(std::uint32_t identification) {
  return {.ports = {static_cast<std::uint16_t>(identification >> 16),
                    static_cast<std::uint16_t>(identification)},
          .protocol = udp,
          .shape = 4};
}

TEST(Fragments, ForgetTheirFirstWhenTimePassesInSilence) {
  Feed feed;
  feed.send(first_fragment(7), 0s);
  feed.tracker.advance(at(30s + 1ns));
  feed.send(later_fragment(7), 1s);
  EXPECT_EQ(feed.tracker.size(), 2U);
  EXPECT_EQ(feed.tracker.counts().fragments_unmatched, 1U);
}

TEST(FragmentTable, DropsTheLeastRecentlyUsedForRoomAndCountsIt) {
  FragmentTable table;
  for (std::uint32_t i = 0; i < FragmentTable::max_datagrams; ++i) {
    table.remember(datagram(i), ports(1, static_cast<std::uint16_t>(i)), 0);
  }
  EXPECT_EQ(table.find(datagram(0), 0), ports(1, 0));
  EXPECT_EQ(table.evicted(), 0U);
  table.remember(datagram(5000), ports(2, 2), 1);
  EXPECT_EQ(table.evicted(), 1U);
  EXPECT_TRUE(table.find(datagram(0), 1));
  EXPECT_FALSE(table.find(datagram(1), 1));
  EXPECT_TRUE(table.find(datagram(2), 1));
  EXPECT_TRUE(table.find(datagram(5000), 1));
  EXPECT_EQ(table.unmatched(), 1U);
}

TEST(FragmentTable, TakesAFirstFragmentFromAheadForAlive) {
  FragmentTable table;
  table.remember(datagram(1), ports(1, 1), 100);
  EXPECT_EQ(table.find(datagram(1), 50), ports(1, 1));
  EXPECT_EQ(table.unmatched(), 0U);
}

TEST(FragmentTable, DoesNotCountForgottenDatagramsAsDropped) {
  FragmentTable table;
  for (std::uint32_t i = 0; i < 3 * FragmentTable::max_datagrams; ++i) {
    table.remember(datagram(i), ports(1, 1), i * FragmentTable::lifetime / 100);
  }
  EXPECT_EQ(table.evicted(), 0U);
}

TEST(FragmentTable, TakesAFirstFragmentThatComesAgainForTheLatest) {
  FragmentTable table;
  table.remember(datagram(1), ports(1, 1), 0);
  table.remember(datagram(2), ports(3, 3), 0);
  table.remember(datagram(1), ports(2, 2), 10);
  EXPECT_EQ(table.find(datagram(1), 10 + FragmentTable::lifetime), ports(2, 2));
}

}  // namespace
}  // namespace weir::flow::test
