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

DatagramKey datagram(std::uint32_t identification) {
  return {.key = {.protocol = udp, .shape = 4}, .identification = identification};
}

TEST(FragmentTable, DropsTheLeastRecentlyUsedForRoomAndCountsIt) {
  FragmentTable table;
  for (std::uint32_t i = 0; i < FragmentTable::max_datagrams; ++i) {
    table.remember(datagram(i), {1, static_cast<std::uint16_t>(i)}, 0);
  }
  EXPECT_EQ(table.find(datagram(0), 0), (FragmentTable::Ports{1, 0}));
  EXPECT_EQ(table.evicted(), 0U);
  table.remember(datagram(5000), {2, 2}, 1);
  EXPECT_EQ(table.evicted(), 1U);
  EXPECT_TRUE(table.find(datagram(0), 1));
  EXPECT_FALSE(table.find(datagram(1), 1));
  EXPECT_TRUE(table.find(datagram(2), 1));
  EXPECT_TRUE(table.find(datagram(5000), 1));
  EXPECT_EQ(table.unmatched(), 1U);
}

TEST(FragmentTable, DoesNotCountForgottenDatagramsAsDropped) {
  FragmentTable table;
  for (std::uint32_t i = 0; i < 3 * FragmentTable::max_datagrams; ++i) {
    table.remember(datagram(i), {1, 1}, i * FragmentTable::lifetime / 100);
  }
  EXPECT_EQ(table.evicted(), 0U);
}

TEST(FragmentTable, TakesAFirstFragmentThatComesAgainForTheLatest) {
  FragmentTable table;
  table.remember(datagram(1), {1, 1}, 0);
  table.remember(datagram(2), {3, 3}, 0);
  table.remember(datagram(1), {2, 2}, 10);
  EXPECT_EQ(table.find(datagram(1), 10 + FragmentTable::lifetime), (FragmentTable::Ports{2, 2}));
}

}  // namespace
}  // namespace weir::flow::test
