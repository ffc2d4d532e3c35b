// Idle, active and fin timeouts on packet time, and what odd time stamps do.
#include <gtest/gtest.h>

#include "connection.h"
#include "flow/ticks.h"

namespace weir::flow::test {
namespace {

FrameFields from_port(std::uint16_t port) { return {.source_port = port, .protocol = udp}; }

TEST(IdleTimeout, SplitsAFlowAtExactlyItsLength) {
  Feed feed{TrackerOptions{.idle = 10s}};
  feed.send(from_port(1), 0s);
  feed.send(from_port(1), 10s - 1ns);
  EXPECT_EQ(feed.recorder.ended.size(), 0U);
  feed.send(from_port(1), 20s - 1ns);
  ASSERT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(feed.recorder.ended[0].reason, EndReason::idle);
  EXPECT_EQ(feed.recorder.ended[0].flow().from_originator().packets, 2U);
  EXPECT_EQ(feed.tracker.counts().flows_started, 2U);
}

TEST(IdleTimeout, CountsFromTheLastPacketInEitherDirection) {
  Feed feed{TrackerOptions{.idle = 10s}};
  for (int i = 0; i < 100; ++i) {
    feed.send(i % 2 == 0 ? from_port(1) : from_port(1).reversed(), i * 9s);
  }
  EXPECT_EQ(feed.recorder.ended.size(), 0U);
}

TEST(IdleTimeout, PassesInTheSilenceAdvanceTells) {
  Feed feed{TrackerOptions{.idle = 10s}};
  feed.send(from_port(1), 0s);
  feed.tracker.advance(at(10s - 1ns));
  EXPECT_EQ(feed.tracker.size(), 1U);
  feed.tracker.advance(at(5s));  // in the past: ignored
  feed.tracker.advance(at(10s));
  EXPECT_EQ(feed.tracker.size(), 0U);
  EXPECT_EQ(feed.recorder.ended.at(0).flow().end(), at(0s));
  EXPECT_EQ(feed.tracker.counts().backward, 0U);
}

TEST(IdleTimeout, EndsTheOldestFirst) {
  Feed feed{TrackerOptions{.idle = 10s}};
  for (std::uint16_t port = 1; port <= 5; ++port) feed.send(from_port(port), port * 100ms);
  feed.send(from_port(2), 2s);
  feed.send(from_port(1), 3s);
  feed.tracker.advance(at(1h));
  std::vector<int> order;
  for (const EndedFlow& ended : feed.recorder.ended) {
    order.push_back(ended.flow().originator().port);
  }
  EXPECT_EQ(order, (std::vector{3, 4, 5, 2, 1}));
}

TEST(IdleTimeout, IsOffAtZero) {
  Feed feed{TrackerOptions{.idle = 0s}};
  feed.send(from_port(1), 0s);
  for (int i = 0; i < 3; ++i) feed.send(from_port(1), 24h * 365 * 50);
  EXPECT_EQ(feed.recorder.ended.size(), 0U);
}

TEST(ActiveTimeout, CutsAFlowThatNeverRests) {
  Feed feed{TrackerOptions{.active = 60s}};
  for (int i = 0; i <= 120; ++i) feed.send(from_port(1), i * 1s);
  ASSERT_EQ(feed.recorder.ended.size(), 2U);
  for (const EndedFlow& ended : feed.recorder.ended) {
    EXPECT_EQ(ended.reason, EndReason::active);
    EXPECT_EQ(ended.flow().from_originator().packets, 60U);
  }
  EXPECT_EQ(feed.tracker.size(), 1U);
}

TEST(ActiveTimeout, MakesAChainOfOneConnection) {
  Connection connection{TrackerOptions{.idle = 30s, .active = 60s}};
  connection.open(0s);
  for (int i = 1; i < 8; ++i) connection.server(psh | ack, i * 20s, 100);
  connection.client(fin | ack, 150s);
  connection.server(fin | ack, 151s);
  connection.tracker.finish();
  ASSERT_EQ(connection.recorder.ended.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(connection.ended(i).originator(), client_end);
    EXPECT_EQ(connection.ended(i).continues(), i != 0);
    EXPECT_FALSE(connection.ended(i).is_midstream());
  }
  EXPECT_EQ(connection.ended(1).from_originator(), Counters{});
  EXPECT_EQ(connection.ended(1).from_responder().payload_bytes, 300U);
  EXPECT_EQ(connection.ended(1).start(), at(60s));
  EXPECT_EQ(connection.ended(1).originator_tcp_flags(), 0);
  EXPECT_EQ(connection.ended(1).tcp_state(), TcpState::established);
  EXPECT_EQ(connection.ended(2).tcp_state(), TcpState::closed);
  EXPECT_EQ(connection.tracker.counts().flows_started, 3U);
  EXPECT_EQ(connection.recorder.started.size(), 3U);
}

TEST(ActiveTimeout, LeavesNoEmptyRecordBehind) {
  Feed feed{TrackerOptions{.idle = 100s, .active = 60s}};
  feed.send(from_port(1), 0s);
  feed.tracker.advance(at(60s));
  EXPECT_EQ(feed.tracker.size(), 0U);
  EXPECT_EQ(feed.recorder.ended.size(), 1U);
  feed.tracker.advance(at(1000s));
  feed.send(from_port(2), 1000s);
  feed.tracker.advance(at(1060s));
  feed.send(from_port(1), 1061s);  // no part of what was silent for so long
  feed.tracker.finish();
  ASSERT_EQ(feed.recorder.ended.size(), 3U);
  EXPECT_FALSE(feed.recorder.ended[2].flow().continues());
  EXPECT_EQ(feed.tracker.counts().flows_started, 3U);
}

TEST(ActiveTimeout, EndsAChainWhenItsPortsAreTaken) {
  Connection connection{TrackerOptions{.active = 60s}};
  connection.open(0s);
  connection.tracker.advance(at(60s));
  connection.renumber();
  connection.open(70s);
  EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{3, 3}));
  EXPECT_FALSE(connection.ended(1).continues());

  Connection goes_on{TrackerOptions{.active = 60s}};
  goes_on.open(0s);
  goes_on.tracker.advance(at(60s));
  goes_on.stray_client({.tcp_flags = syn, .sequence = 0x77777777}, 70s);
  goes_on.client(psh | ack, 71s, 10);
  EXPECT_EQ(goes_on.packets(), (std::vector<std::uint64_t>{3, 2}));
  EXPECT_TRUE(goes_on.ended(1).continues());
  EXPECT_EQ(goes_on.ended(1).start(), at(70s));
  EXPECT_EQ(goes_on.recorder.started.size(), 2U);
}

TEST(ActiveTimeout, CutsInSilenceToo) {
  Feed feed{TrackerOptions{.active = 60s}};
  feed.send(from_port(1), 0s);
  feed.tracker.advance(at(60s - 1ns));
  EXPECT_EQ(feed.tracker.size(), 1U);
  feed.tracker.advance(at(60s));
  EXPECT_EQ(feed.recorder.ended.at(0).reason, EndReason::active);
}

TEST(ActiveTimeout, DoesNotCutFlowsOfAnOlderFileAtEveryPacket) {
  Feed feed{TrackerOptions{.idle = 60s, .active = 60s}};
  feed.send(from_port(1), 24h);
  for (int i = 0; i < 100; ++i) feed.send(from_port(2), i * 1s);  // time stands still
  EXPECT_EQ(feed.tracker.counts().flows_started, 2U);
  EXPECT_EQ(feed.tracker.counts().backward, 100U);
}

void close(Feed& feed, Duration since) {
  feed.send({.tcp_flags = fin | ack}, since);
  feed.send(FrameFields{.tcp_flags = fin | ack}.reversed(), since);
}

TEST(FinTimeout, EndsAClosedConnectionAfterItsLastPacket) {
  Feed feed{TrackerOptions{.fin = 30s}};
  feed.send({.tcp_flags = syn}, 0s);
  close(feed, 1s);
  feed.send({}, 20s);  // a late acknowledgment
  feed.tracker.advance(at(50s - 1ns));
  EXPECT_EQ(feed.tracker.size(), 1U);
  feed.tracker.advance(at(50s));
  ASSERT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(feed.recorder.ended[0].reason, EndReason::fin);
  EXPECT_EQ(feed.recorder.ended[0].flow().tcp_state(), TcpState::closed);
}

TEST(FinTimeout, EndsAResetConnection) {
  Feed feed;
  feed.send({.tcp_flags = rst}, 0s);
  feed.tracker.advance(at(30s));
  ASSERT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(feed.recorder.ended[0].reason, EndReason::rst);
}

TEST(FinTimeout, LeavesOpenConnectionsAlone) {
  Feed feed;
  feed.send({.tcp_flags = fin | ack}, 0s);
  feed.tracker.advance(at(599s));
  EXPECT_EQ(feed.tracker.size(), 1U);
}

TEST(FinTimeout, IsOffAtZero) {
  Feed feed{TrackerOptions{.fin = 0s}};
  close(feed, 0s);
  feed.tracker.advance(at(599s));
  EXPECT_EQ(feed.tracker.size(), 1U);
  feed.tracker.advance(at(600s));
  EXPECT_EQ(feed.recorder.ended.at(0).reason, EndReason::idle);
}

TEST(Timeouts, NameTheFirstThatWasDue) {
  struct Case {
    TrackerOptions options;
    EndReason reason;
  };
  for (const Case& expected : {Case{{.idle = 10s, .active = 20s, .fin = 30s}, EndReason::idle},
                               Case{{.idle = 20s, .active = 10s, .fin = 30s}, EndReason::active},
                               Case{{.idle = 30s, .active = 20s, .fin = 10s}, EndReason::fin},
                               Case{{.idle = 0s, .active = 20s, .fin = 30s}, EndReason::active}}) {
    Feed feed{expected.options};
    close(feed, 0s);
    feed.tracker.advance(at(1000s));  // all of them at once
    ASSERT_EQ(feed.recorder.ended.size(), 1U);
    EXPECT_EQ(feed.recorder.ended[0].reason, expected.reason);
  }
}

TEST(Finish, EndsTheOldestUseFirstAndLeavesTheTrackerUsable) {
  Feed feed{TrackerOptions{.idle = 0s}};
  for (std::uint16_t port = 5; port > 0; --port) feed.send(from_port(port), (6 - port) * 1s);
  feed.send(from_port(5), 10s);
  feed.tracker.finish();
  std::vector<int> order;
  for (const EndedFlow& ended : feed.recorder.ended) {
    order.push_back(ended.flow().originator().port);
    EXPECT_EQ(ended.reason, EndReason::end);
  }
  EXPECT_EQ(order, (std::vector{4, 3, 2, 1, 5}));
  EXPECT_EQ(feed.recorder.finished, 1);
  EXPECT_EQ(feed.tracker.size(), 0U);
  feed.send(from_port(5), 11s);
  feed.tracker.finish();
  EXPECT_EQ(feed.recorder.ended.size(), 6U);
  EXPECT_EQ(feed.recorder.finished, 2);
}

TEST(OddTimes, OfTheWholeRangeAreSafe) {
  const auto frame = make_frame(from_port(1));
  const Timestamp times[] = {Timestamp::max(), Timestamp::min(),       at(0s),
                             Timestamp{0ns},   Timestamp::max() - 1ns, Timestamp::min() + 1ns};
  for (const Timestamp first : times) {
    for (const Timestamp second : times) {
      Feed feed{TrackerOptions{.active = Duration::max(), .fin = Duration::max()}};
      feed.tracker.add(packet_of(frame, first));
      feed.tracker.add(packet_of(frame, second));
      feed.tracker.advance(Timestamp::max() - 1ns);
      feed.tracker.advance(Timestamp::max());
      feed.tracker.finish();
      const TrackerCounts& counts = feed.tracker.counts();
      EXPECT_EQ(counts.flows_started, counts.flows_ended);
      EXPECT_EQ(counts.packets, 2U);
      // The time told last agrees with a jump ahead; one back says that the first was wild.
      const bool splits =
          second > first && to_ticks(second) - to_ticks(first) >= to_ticks(Duration{600s});
      const bool is_wild = first > second && to_ticks(first) - to_ticks(second) > to_ticks(24h);
      EXPECT_EQ(counts.flows_started, splits ? 2U : 1U)
          << to_ticks(first) << " " << to_ticks(second);
      EXPECT_EQ(counts.outlier, is_wild ? 1U : 0U) << to_ticks(first) << " " << to_ticks(second);
    }
  }
}

TEST(OddTimes, AtTheEndOfTimeEndNothingEarly) {
  Feed feed{TrackerOptions{.idle = 0s, .fin = 30s}};
  const auto frame = make_frame({.tcp_flags = rst});
  feed.tracker.add(packet_of(frame, Timestamp::max() - 10s));
  feed.tracker.advance(Timestamp::max());
  EXPECT_EQ(feed.tracker.size(), 1U);
}

TEST(OddTimes, ThatAreMissingAreThePresent) {
  Feed feed;
  feed.send(from_port(1), 5s);
  const auto frame = make_frame(from_port(1));
  Packet packet = packet_of(frame, Timestamp{});
  packet.flags = PacketFlags::no_timestamp;
  feed.tracker.add(packet);
  EXPECT_EQ(feed.tracker.counts().backward, 0U);
  const Flow& flow = feed.only_flow();
  EXPECT_EQ(flow.from_originator().packets, 2U);
  EXPECT_EQ(flow.start(), at(5s));
}

TEST(OddTimes, ThatAreMissingAtTheBeginningAreTheFirstThereIs) {
  for (const bool at_once : {false, true}) {
    Feed feed;
    const auto frame = make_frame(from_port(1));
    const auto other = make_frame(from_port(2));
    std::array<Packet, 4> packets{packet_of(frame, Timestamp{}), packet_of(other, Timestamp{}),
                                  packet_of(frame, at(5s)), packet_of(frame, at(6s))};
    packets[0].flags = packets[1].flags = PacketFlags::no_timestamp;
    if (at_once) {
      feed.tracker.add(packets);
    } else {
      for (const Packet& packet : packets) feed.tracker.add(packet);
    }
    EXPECT_EQ(feed.tracker.size(), 2U) << "none was ended by the time since 1970";
    EXPECT_EQ(feed.tracker.counts().backward, 0U);
    EXPECT_EQ(feed.tracker.facts().first, at(5s));
    feed.tracker.finish();
    ASSERT_EQ(feed.recorder.ended.size(), 2U);
    for (const auto& ended : feed.recorder.ended) EXPECT_EQ(ended.flow().start(), at(5s));
    EXPECT_EQ(feed.recorder.ended[0].flow().end(), at(5s));
    EXPECT_EQ(feed.recorder.ended[1].flow().end(), at(6s));
  }
}

TEST(OddTimes, ThatAreMissingAtTheBeginningAreTheFirstThatIsTold) {
  Feed feed;
  const auto frame = make_frame(from_port(1));
  Packet packet = packet_of(frame, Timestamp{});
  packet.flags = PacketFlags::no_timestamp;
  feed.tracker.add(packet);
  feed.tracker.advance(at(5s));
  EXPECT_EQ(feed.only_flow().start(), at(5s));
}

TEST(OddTimes, ThatAreMissingAreThePresentThatWasTold) {
  Feed feed;
  feed.send(from_port(1), 5s);
  feed.tracker.advance(at(20s));
  const auto frame = make_frame(from_port(1));
  Packet packet = packet_of(frame, Timestamp{});
  packet.flags = PacketFlags::no_timestamp;
  feed.tracker.add(packet);
  EXPECT_EQ(feed.only_flow().end(), at(20s));
}

TEST(OddTimes, MayJumpByYearsAtEveryPacket) {
  Feed feed;
  for (int i = 0; i < 200; ++i) feed.send(from_port(1), i * 24h * 365);
  feed.tracker.finish();
  // Each agrees with the one before it; with the last, nothing does.
  EXPECT_EQ(feed.recorder.ended.size(), 199U);
  EXPECT_EQ(feed.tracker.counts().outlier, 1U);
}

TEST(OddTimes, ThatStandStillKeepFlowsTogether) {
  Feed feed;
  for (int i = 0; i < 1000; ++i) {
    const auto frame = make_frame(from_port(static_cast<std::uint16_t>(i % 10)));
    feed.tracker.add(packet_of(frame, Timestamp{}));
  }
  EXPECT_EQ(feed.tracker.size(), 10U);
}

}  // namespace
}  // namespace weir::flow::test
