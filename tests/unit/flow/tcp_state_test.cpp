// Handshake, originator, close, reset and port reuse.
#include <gtest/gtest.h>

#include "frames.h"

namespace weir::flow::test {
namespace {

/// A connection between a client and a server, told flag by flag.
class Connection : public Feed {
 public:
  explicit Connection(const TrackerOptions& options = {}) : Feed{options} {}

  void client(std::uint8_t flags, Duration since = 0s) { send({.tcp_flags = flags}, since); }
  void server(std::uint8_t flags, Duration since = 0s) {
    send(FrameFields{.tcp_flags = flags}.reversed(), since);
  }
  /// State and originator after what was sent so far.
  TcpState state() { return only_flow().tcp_state(); }
};

const Endpoint client_end{ip("192.0.2.1"), 40000};
const Endpoint server_end{ip("198.51.100.2"), 443};

TEST(TcpState, FollowsTheHandshake) {
  Connection syn_only;
  syn_only.client(syn);
  EXPECT_EQ(syn_only.state(), TcpState::syn_sent);

  Connection answered;
  answered.client(syn);
  answered.server(syn | ack);
  EXPECT_EQ(answered.state(), TcpState::syn_received);

  Connection complete;
  complete.client(syn);
  complete.server(syn | ack);
  complete.client(ack);
  EXPECT_EQ(complete.state(), TcpState::established);
  EXPECT_EQ(complete.only_flow().originator(), client_end);
}

TEST(TcpState, IsNewForDataWithoutAHandshake) {
  Connection connection;
  connection.client(psh | ack);
  connection.server(ack);
  EXPECT_EQ(connection.state(), TcpState::fresh);
}

TEST(TcpState, SeesAHandshakeOfWhichTheSynAckIsMissing) {
  Connection one_sided;
  one_sided.client(syn);
  one_sided.client(ack);
  EXPECT_EQ(one_sided.state(), TcpState::established);

  Connection challenged;  // the responder's challenge completes nothing
  challenged.client(syn);
  challenged.server(ack);
  EXPECT_EQ(challenged.state(), TcpState::syn_sent);
}

TEST(TcpState, ClosesWithAFinFromBothSides) {
  Connection half;
  half.client(syn);
  half.server(syn | ack);
  half.client(ack);
  half.client(fin | ack);
  half.client(fin | ack);
  EXPECT_EQ(half.state(), TcpState::closing);

  Connection both;
  both.server(fin | ack);
  both.client(fin | ack);
  both.server(ack);
  EXPECT_EQ(both.state(), TcpState::closed);
}

TEST(TcpState, IsResetByARstUnlessItWasClosed) {
  Connection refused;
  refused.client(syn);
  refused.server(rst | ack);
  EXPECT_EQ(refused.state(), TcpState::reset);

  Connection closed;
  closed.client(fin | ack);
  closed.server(fin | ack);
  closed.client(rst);
  EXPECT_EQ(closed.state(), TcpState::closed);

  Connection stays;
  stays.client(rst);
  stays.client(fin | ack);
  stays.server(fin | ack);
  EXPECT_EQ(stays.state(), TcpState::reset);
}

TEST(TcpState, TakesASegmentWithSynAndFinForASyn) {
  Connection odd;
  odd.client(syn | fin);
  EXPECT_EQ(odd.state(), TcpState::syn_sent);
}

TEST(TcpState, IsNewForOtherProtocols) {
  Feed feed;
  feed.send({.protocol = udp, .payload = 20});
  EXPECT_EQ(feed.only_flow().tcp_state(), TcpState::fresh);
  EXPECT_EQ(feed.only_flow().originator_tcp_flags(), 0);
}

TEST(TcpOriginator, IsTheSenderOfTheFirstSyn) {
  Connection simultaneous;
  simultaneous.client(syn);
  simultaneous.server(syn);
  EXPECT_EQ(simultaneous.only_flow().originator(), client_end);

  Connection late;  // what came before was the rest of an older connection
  late.server(ack);
  late.client(syn);
  EXPECT_EQ(late.only_flow().originator(), client_end);
  EXPECT_EQ(late.recorder.started.at(0).flow().originator(), server_end);
}

TEST(TcpOriginator, IsTheReceiverOfASynAckThatComesFirst) {
  Connection connection;
  connection.server(syn | ack);
  EXPECT_EQ(connection.recorder.started.at(0).flow().originator(), client_end);
  connection.client(ack);
  EXPECT_EQ(connection.only_flow().tcp_state(), TcpState::established);
  EXPECT_EQ(connection.only_flow().originator(), client_end);
  EXPECT_EQ(connection.only_flow().from_originator().packets, 1U);
}

TEST(TcpOriginator, IsWhoSpokeFirstWithoutAHandshake) {
  Connection connection;
  connection.server(psh | ack);
  connection.client(ack);
  EXPECT_EQ(connection.only_flow().originator(), server_end);
}

TEST(TcpPortReuse, StartsANewFlowBehindAClosedOne) {
  Connection connection{TrackerOptions{.idle = 0s, .fin = 0s}};
  connection.client(syn, 0s);
  connection.client(fin | ack, 1s);
  connection.server(fin | ack, 2s);
  connection.server(syn, 3s);  // the other way this time
  ASSERT_EQ(connection.recorder.ended.size(), 1U);
  EXPECT_EQ(connection.recorder.ended[0].reason, EndReason::fin);
  EXPECT_EQ(connection.recorder.ended[0].flow().end(), at(2s));
  connection.tracker.finish();
  const Flow& second = connection.recorder.ended.at(1).flow();
  EXPECT_EQ(second.originator(), server_end);
  EXPECT_EQ(second.from_originator().packets, 1U);
  EXPECT_EQ(second.start(), at(3s));
  EXPECT_EQ(connection.tracker.counts().flows_started, 2U);
}

TEST(TcpPortReuse, StartsANewFlowBehindAReset) {
  Connection connection;
  connection.client(syn);
  connection.server(rst | ack);
  connection.client(syn);
  ASSERT_EQ(connection.recorder.ended.size(), 1U);
  EXPECT_EQ(connection.recorder.ended[0].reason, EndReason::rst);
  EXPECT_EQ(connection.tracker.size(), 1U);
}

TEST(TcpPortReuse, NeedsASynWithoutAckAndAnEndedConnection) {
  Connection connection;
  connection.client(fin | ack);
  connection.client(syn);
  connection.server(fin | ack);
  connection.server(syn | ack);
  connection.client(ack);
  EXPECT_EQ(connection.tracker.counts().flows_started, 1U);
}

}  // namespace
}  // namespace weir::flow::test
