// What a flow counts, for whom, and under which key.
#include <gtest/gtest.h>

#include "frames.h"

namespace weir::flow::test {
namespace {

TEST(FlowCounters, CountEachDirectionForItsSender) {
  Feed feed;
  const FrameFields request{.payload = 100};
  feed.send(request);
  feed.send(request);
  feed.send(request.reversed());
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(flow.protocol(), tcp);
  EXPECT_EQ(flow.originator(), (Endpoint{ip("192.0.2.1"), 40000}));
  EXPECT_EQ(flow.responder(), (Endpoint{ip("198.51.100.2"), 443}));
  EXPECT_EQ(flow.from_originator(), (Counters{2, 308, 280, 200}));
  EXPECT_EQ(flow.from_responder(), (Counters{1, 154, 140, 100}));
}

TEST(FlowCounters, AreTheSameWhicheverEndSpeaksFirst) {
  for (const char* other : {"192.0.2.0", "192.0.2.1", "192.0.2.2"}) {
    Feed feed;
    const FrameFields first{.destination = ip(other), .protocol = udp, .payload = 10};
    feed.send(first);
    feed.send(first.reversed());
    feed.send(first.reversed());
    const Flow& flow = feed.only_flow();
    EXPECT_EQ(feed.recorder.ended.size(), 1U) << other;
    EXPECT_EQ(flow.originator(), (Endpoint{first.source, 40000})) << other;
    EXPECT_EQ(flow.from_originator().packets, 1U) << other;
    EXPECT_EQ(flow.from_responder().packets, 2U) << other;
  }
}

TEST(FlowCounters, KeepBothDirectionsOfIpv6Together) {
  for (const char* other : {"2001:db8::", "2001:db8::2", "2001:db8:0:1::", "2001:db7::9"}) {
    Feed feed;
    const FrameFields first{
        .source = ip("2001:db8::1"), .destination = ip(other), .protocol = udp, .payload = 7};
    feed.send(first);
    feed.send(first.reversed());
    const Flow& flow = feed.only_flow();
    ASSERT_EQ(feed.recorder.ended.size(), 1U) << other;
    EXPECT_EQ(flow.originator(), (Endpoint{first.source, 40000})) << other;
    EXPECT_EQ(flow.responder(), (Endpoint{first.destination, 443})) << other;
    EXPECT_EQ(flow.from_originator(), (Counters{1, 69, 55, 7})) << other;
    EXPECT_EQ(flow.from_originator(), flow.from_responder()) << other;
  }
}

TEST(FlowCounters, TellFlowsApartByEveryPartOfTheKey) {
  Feed feed;
  const FrameFields first{.protocol = udp};
  feed.send(first);
  FrameFields other = first;
  other.source_port = 40001;
  feed.send(other);
  other = first;
  other.destination = ip("198.51.100.3");
  feed.send(other);
  other = first;
  other.protocol = sctp;
  feed.send(other);
  // The octets of an IPv4 address in front of an IPv6 address.
  other = first;
  other.source = ip("c000:201::");
  other.destination = ip("c633:6402::");
  feed.send(other);
  // The ports the other way around.
  other = first;
  std::swap(other.source_port, other.destination_port);
  feed.send(other);
  EXPECT_EQ(feed.tracker.size(), 6U);
}

TEST(FlowCounters, KeepTwoPairsApartThatWeakHashesConfuse) {
  Feed feed;
  FrameFields fields{.source = ip("10.0.0.53"),
                     .destination = ip("192.0.2.10"),
                     .source_port = 40174,
                     .tcp_flags = syn};
  feed.send(fields);
  fields.source = ip("10.0.0.13");
  fields.source_port = 40014;
  feed.send(fields);
  EXPECT_EQ(feed.tracker.size(), 2U);
}

TEST(FlowCounters, DoNotTakePaddingForPayload) {
  Feed feed;
  auto frame = make_frame({.payload = 0});
  frame.resize(60);
  feed.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(feed.only_flow().from_originator(), (Counters{1, 60, 40, 0}));
}

TEST(FlowCounters, AreTheSameForASnappedCapture) {
  for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
    for (const std::uint8_t protocol : {tcp, udp, sctp}) {
      const bool v4 = ip(address).version() == 4;
      const auto frame = make_frame({.source = ip(address),
                                     .destination = v4 ? ip("192.0.2.9") : ip("2001:db8::9"),
                                     .protocol = protocol,
                                     .tcp_flags = psh | ack,
                                     .payload = 1000});
      Feed whole;
      whole.tracker.add(packet_of(frame, at(0s)));
      Feed snapped;
      Packet packet = packet_of(frame, at(0s));
      packet.data = packet.data.first(100);
      snapped.tracker.add(packet);
      const Flow& a = whole.only_flow();
      const Flow& b = snapped.only_flow();
      EXPECT_EQ(a.from_originator(), b.from_originator()) << address << int{protocol};
      EXPECT_EQ(a.originator(), b.originator());
      EXPECT_EQ(a.originator_tcp_flags(), b.originator_tcp_flags());
      EXPECT_EQ(a.from_originator().payload_bytes, 1000U);
    }
  }
}

TEST(FlowCounters, ReadPortsFromWhatIsLeftOfATransportHeader) {
  Feed feed;
  const auto frame = make_frame({.payload = 50});
  Packet packet = packet_of(frame, at(0s));
  packet.data = packet.data.first(14 + 20 + 4);
  feed.tracker.add(packet);
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(flow.originator().port, 40000);
  EXPECT_EQ(flow.responder().port, 443);
  EXPECT_EQ(flow.from_originator(), (Counters{1, 104, 90, 50}));
  EXPECT_EQ(flow.originator_tcp_flags(), 0);
}

TEST(FlowCounters, UseTheLengthOfTheFrameWhereTheHeaderLeavesItOpen) {
  Feed feed;
  auto frame = make_frame({.payload = 30});
  frame[14 + 2] = frame[14 + 3] = 0;  // total length, as segmentation offload leaves it
  feed.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(feed.only_flow().from_originator(), (Counters{1, 84, 70, 30}));
}

TEST(FlowCounters, AreTheSameWhereACutFramesHeaderLeavesTheLengthOpen) {
  for (const char* address : {"192.0.2.1", "2001:db8::1"}) {
    const bool v4 = ip(address).version() == 4;
    auto frame = make_frame({.source = ip(address),
                             .destination = ip(v4 ? "192.0.2.9" : "2001:db8::9"),
                             .payload = 69'000});
    frame[14 + (v4 ? 2 : 4)] = frame[14 + (v4 ? 3 : 5)] = 0;
    Packet packet = packet_of(frame, at(0s));
    packet.data = packet.data.first(100);
    Feed feed;
    feed.tracker.add(packet);
    const std::uint64_t ip_bytes = frame.size() - 14;
    EXPECT_EQ(feed.only_flow().from_originator(), (Counters{1, frame.size(), ip_bytes, 69'000}));
  }
}

TEST(FlowCounters, OfMobilityCountItAsPayload) {
  // RFC 6275 6.1.2: a binding refresh request, behind which nothing follows.
  const FrameFields fields{.source = ip("2001:db8::1"),
                           .destination = ip("2001:db8::2"),
                           .protocol = wire::ip_protocol::ipv6_mobility,
                           .payload = 8};
  auto frame = make_frame(fields);
  frame[14 + 40] = wire::ip_protocol::no_next_header;
  Feed feed;
  feed.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(feed.only_flow().protocol(), wire::ip_protocol::ipv6_mobility);
  EXPECT_EQ(feed.only_flow().from_originator(), (Counters{1, 62, 48, 8}));
}

TEST(FlowCounters, BelieveLengthsOnlyWithinTheFrame) {
  Feed feed;
  auto frame = make_frame({.protocol = udp, .payload = 30});
  frame[14 + 2] = 0xff;  // a total length of over 65,000
  feed.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(feed.only_flow().from_originator(), (Counters{1, 72, 58, 30}));
}

TEST(FlowCounters, OrTheFlagsOfEachSide) {
  Feed feed;
  FrameFields fields{.tcp_flags = syn};
  feed.send(fields);
  fields.tcp_flags = psh | ack;
  feed.send(fields);
  FrameFields answer = fields.reversed();
  answer.tcp_flags = syn | ack;
  answer.acknowledgment = 1;
  feed.send(answer);
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(flow.originator_tcp_flags(), syn | psh | ack);
  EXPECT_EQ(flow.responder_tcp_flags(), syn | ack);
}

TEST(FlowCounters, LeavePacketsWithoutIpOut) {
  Feed feed;
  auto arp = make_frame({});
  arp[12] = 0x08;
  arp[13] = 0x06;
  feed.tracker.add(packet_of(arp, at(1s)));
  feed.tracker.add(packet_of({}, at(2s)));
  feed.send({}, 3s);
  const TrackerCounts& counts = feed.tracker.counts();
  EXPECT_EQ(counts.packets, 3U);
  EXPECT_EQ(counts.without_ip, 2U);
  EXPECT_EQ(counts.tracked, 1U);
}

TEST(FlowCounters, RememberSmallestAndLargestTimeStamp) {
  Feed feed;
  feed.send({}, 10s);
  feed.send({}, 5s);
  feed.send({}, 20s);
  feed.send({}, 15s);
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(flow.start(), at(5s));
  EXPECT_EQ(flow.end(), at(20s));
  EXPECT_EQ(feed.tracker.counts().backward, 2U);
}

TEST(FlowKeys, HoldVlansOnlyWhenAsked) {
  Feed without;
  Feed with{TrackerOptions{.vlan = true}};
  for (const std::vector<std::uint16_t>& vlans :
       {std::vector<std::uint16_t>{}, {0}, {7}, {7, 8}, {8, 7}, {0x6007, 8, 9}}) {
    without.send({.vlans = vlans});
    with.send({.vlans = vlans});
  }
  EXPECT_EQ(without.tracker.size(), 1U);
  EXPECT_EQ(without.only_flow().vlan_count(), 0U);
  with.tracker.finish();
  // The last one is 7 (with a priority), 8 and an inner tag that no longer counts.
  ASSERT_EQ(with.recorder.ended.size(), 5U);
  const Flow& tagged = with.recorder.ended[3].flow();
  ASSERT_EQ(tagged.vlan_count(), 2U);
  EXPECT_EQ(tagged.vlan(0), 7);
  EXPECT_EQ(tagged.vlan(1), 8);
  EXPECT_EQ(tagged.from_originator().packets, 2U);
}

TEST(FlowKeys, UseTheInnermostDatagramWhenAsked) {
  FrameBytes bytes;
  bytes.append_bytes({2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00});
  bytes.append(
      wire::Ipv4Fields{
          .protocol = 4, .source = ip("192.0.2.10").v4(), .destination = ip("192.0.2.20").v4()},
      std::size_t{20 + 8 + 5});
  append_datagram(bytes, {.protocol = udp, .payload = 5});
  const auto frame = bytes.take();

  Feed outer;
  outer.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(outer.only_flow().protocol(), 4);
  EXPECT_EQ(outer.only_flow().originator(), (Endpoint{ip("192.0.2.10"), 0}));
  EXPECT_EQ(outer.only_flow().from_originator(), (Counters{1, 67, 53, 33}));

  Feed inner{TrackerOptions{.inner = true}};
  inner.tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(inner.only_flow().protocol(), udp);
  EXPECT_EQ(inner.only_flow().originator(), (Endpoint{ip("192.0.2.1"), 40000}));
  EXPECT_EQ(inner.only_flow().from_originator(), (Counters{1, 67, 33, 5}));
}

TEST(FlowNames, AreTheWordsOfTheRecords) {
  EXPECT_STREQ(name(TcpState::fresh), "new");
  EXPECT_STREQ(name(TcpState::syn_sent), "syn_sent");
  EXPECT_STREQ(name(TcpState::syn_received), "syn_received");
  EXPECT_STREQ(name(TcpState::established), "established");
  EXPECT_STREQ(name(TcpState::closing), "closing");
  EXPECT_STREQ(name(TcpState::closed), "closed");
  EXPECT_STREQ(name(TcpState::reset), "reset");
  EXPECT_STREQ(name(EndReason::fin), "fin");
  EXPECT_STREQ(name(EndReason::rst), "rst");
  EXPECT_STREQ(name(EndReason::idle), "idle");
  EXPECT_STREQ(name(EndReason::active), "active");
  EXPECT_STREQ(name(EndReason::evicted), "evicted");
  EXPECT_STREQ(name(EndReason::end), "end");
}

}  // namespace
}  // namespace weir::flow::test
