// Handshake, originator, close, reset and port reuse.
#include <gtest/gtest.h>

#include "connection.h"

namespace weir::flow::test {
namespace {

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
  stays.client(ack);
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

  Connection late;  // it was overtaken
  late.client_next += 1;
  late.client(psh | ack, 0s, 10);
  late.server(ack);
  late.stray_client({.tcp_flags = syn, .sequence = 1000});
  late.client(ack);
  EXPECT_EQ(late.recorder.started.at(0).flow().originator(), client_end);
  EXPECT_EQ(late.only_flow().originator(), client_end);
  EXPECT_EQ(late.ended(0).tcp_state(), TcpState::established);
  EXPECT_EQ(late.recorder.ended.size(), 1U);
}

TEST(TcpState, IsEstablishedWhenBothHaveOpened) {
  Connection simultaneous;  // RFC 9293 3.5, figure 7
  simultaneous.client(syn);
  simultaneous.server(syn);
  simultaneous.stray_client({.tcp_flags = syn | ack, .sequence = 1000, .acknowledgment = 9001});
  simultaneous.stray_server({.tcp_flags = syn | ack, .sequence = 9000, .acknowledgment = 1001});
  simultaneous.client(psh | ack, 1s, 5);
  EXPECT_EQ(simultaneous.state(), TcpState::established);
  EXPECT_EQ(simultaneous.recorder.ended.size(), 1U);
}

TEST(TcpState, TakesDataInTheSynForAPartOfIt) {
  Connection fast;  // RFC 7413
  fast.client(syn, 0s, 100);
  fast.server(syn | ack, 1s, 50);
  fast.client(ack, 2s);
  EXPECT_EQ(fast.state(), TcpState::established);
  EXPECT_EQ(fast.ended(0).from_originator().payload_bytes, 100U);
}

TEST(TcpState, IsNotChangedByAnAnswerToAnotherSyn) {
  Connection connection;
  connection.client(syn);
  connection.stray_server({.tcp_flags = rst | ack, .acknowledgment = 77});
  connection.stray_server({.tcp_flags = rst});
  EXPECT_EQ(connection.state(), TcpState::syn_sent);
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

}  // namespace
}  // namespace weir::flow::test
