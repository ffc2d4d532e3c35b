// Flows of one direction each: keys that are not folded, times and ends of their own.
#include <gtest/gtest.h>

#include "connection.h"

namespace weir::flow::test {
namespace {

const TrackerOptions unidirectional{.idle = 60s, .fin = 10s, .unidirectional = true};

Endpoint sender_of(const FrameFields& fields) { return {fields.source, fields.source_port}; }
Endpoint receiver_of(const FrameFields& fields) {
  return {fields.destination, fields.destination_port};
}

TEST(Unidirectional, EachDirectionIsAFlowOfItsOwn) {
  for (const auto& [source, destination] :
       {std::pair{"192.0.2.1", "198.51.100.2"}, std::pair{"2001:db8::2", "2001:db8::1"}}) {
    Feed feed{unidirectional};
    const FrameFields there{
        .source = ip(source), .destination = ip(destination), .protocol = udp, .payload = 5};
    feed.send(there, 1s);
    feed.send(there.reversed(), 2s);
    feed.send(there, 4s);
    ASSERT_EQ(feed.tracker.size(), 2U);
    const Flow* const flow = feed.tracker.find(udp, sender_of(there), receiver_of(there));
    const Flow* const back = feed.tracker.find(udp, receiver_of(there), sender_of(there));
    ASSERT_NE(flow, nullptr);
    ASSERT_NE(back, nullptr);
    EXPECT_EQ(flow->originator(), sender_of(there));
    EXPECT_EQ(flow->from_originator().packets, 2U);
    EXPECT_EQ(flow->from_responder(), Counters{});
    EXPECT_EQ(flow->start(), at(1s));
    EXPECT_EQ(flow->end(), at(4s));
    EXPECT_EQ(back->originator(), receiver_of(there));
    EXPECT_EQ(back->from_originator().packets, 1U);
    EXPECT_EQ(back->start(), at(2s));
    EXPECT_EQ(back->end(), at(2s));
  }
}

TEST(Unidirectional, IdentifiersOfVlansStayPartOfTheKey) {
  Feed feed{TrackerOptions{.unidirectional = true, .vlan = true}};
  const FrameFields fields{.protocol = udp, .vlans = {7, 9}};
  feed.send(fields);
  feed.send(fields.reversed());
  const Flow* const back =
      feed.tracker.find(udp, receiver_of(fields), sender_of(fields), fields.vlans);
  ASSERT_NE(back, nullptr);
  EXPECT_EQ(back->vlan_count(), 2U);
  EXPECT_EQ(back->vlan(1), 9);
}

TEST(Unidirectional, SilenceOfOneDirectionEndsThatOne) {
  Feed feed{unidirectional};
  const FrameFields fields{.protocol = udp};
  feed.send(fields, 0s);
  feed.send(fields.reversed(), 50s);
  feed.tracker.advance(at(60s));
  ASSERT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(feed.recorder.ended[0].flow().originator(), sender_of(fields));
  EXPECT_EQ(feed.recorder.ended[0].reason, EndReason::idle);
  EXPECT_EQ(feed.tracker.size(), 1U);
}

TEST(Unidirectional, TheFinOfItsSenderClosesAFlow) {
  Connection connection{unidirectional};
  connection.open(0s);
  connection.client(fin | ack, 1s);
  connection.server(ack, 2s, 100);
  ASSERT_EQ(connection.tracker.size(), 2U);
  connection.tracker.advance(at(11s));
  ASSERT_EQ(connection.recorder.ended.size(), 1U);
  EXPECT_EQ(connection.ended(0).originator(), client_end);
  EXPECT_EQ(connection.ended(0).tcp_state(), TcpState::closed);
  EXPECT_EQ(connection.recorder.ended[0].reason, EndReason::fin);
  connection.tracker.advance(at(61s));
  EXPECT_EQ(connection.tracker.size(), 1U);
  connection.tracker.advance(at(62s));
  ASSERT_EQ(connection.recorder.ended.size(), 2U);
  EXPECT_EQ(connection.ended(1).originator(), server_end);
  EXPECT_EQ(connection.ended(1).tcp_state(), TcpState::established);
  EXPECT_FALSE(connection.ended(1).is_midstream());
  EXPECT_EQ(connection.recorder.ended[1].reason, EndReason::idle);
}

TEST(Unidirectional, WhatFollowsAFinKeepsItsFlowForTheFinTimeout) {
  Connection connection{unidirectional};
  connection.open(0s);
  connection.client(fin | ack, 1s);
  connection.client(ack, 9s);
  connection.tracker.advance(at(18s));
  EXPECT_EQ(connection.recorder.ended.size(), 0U);
  connection.tracker.advance(at(19s));
  ASSERT_EQ(connection.recorder.ended.size(), 1U);
  EXPECT_EQ(connection.ended(0).from_originator().packets, 4U);
}

TEST(Unidirectional, PortsUsedAgainBeginFlowsOfTheirOwn) {
  Connection connection{unidirectional};
  connection.open(0s);
  connection.client(fin | ack, 1s);
  connection.server(fin | ack, 1s);
  connection.renumber();
  connection.open(2s);
  EXPECT_EQ(connection.recorder.ended.size(), 2U);
  EXPECT_EQ(connection.tracker.counts().flows_started, 4U);
}

TEST(Unidirectional, PortsUsedAgainWithoutAnEndAreToldByWhatFollows) {
  Connection connection{unidirectional};
  connection.open(0s);
  connection.renumber();
  connection.open(30s);
  connection.client(psh | ack, 31s, 10);
  connection.server(psh | ack, 31s, 10);
  EXPECT_EQ(connection.tracker.counts().flows_started, 4U);
  connection.tracker.finish();
  EXPECT_EQ(connection.tracker.counts().packets, 8U);
  for (const EndedFlow& ended : connection.recorder.ended) {
    EXPECT_EQ(ended.flow().from_responder(), Counters{});
  }
}

}  // namespace
}  // namespace weir::flow::test
