// What sequence numbers tell: strangers' RSTs, FINs and SYNs, and segments far from the window.
#include <gtest/gtest.h>

#include "connection.h"

namespace weir::flow::test {
namespace {

TEST(TcpReset, OutsideTheWindowIsIgnored) {
  for (const std::uint32_t away : {0x70000000U, 0x80000000U, 70'000U, 0U - 70'000U}) {
    Connection connection;
    connection.open();
    connection.stray_server({.tcp_flags = rst, .sequence = connection.server_next + away}, 1s);
    for (int i = 2; i < 100; i += 40) {  // longer than the fin timeout
      connection.client(psh | ack, i * 1s, 1);
      connection.server(psh | ack, i * 1s, 1);
    }
    connection.client(fin | ack, 103s);
    connection.server(fin | ack, 103s);
    EXPECT_EQ(connection.packets().size(), 1U) << away;
    EXPECT_EQ(connection.ended(0).tcp_state(), TcpState::closed) << away;
  }
}

TEST(TcpReset, WithTheNumberThatIsExpectedIsOne) {
  Connection connection;
  connection.open();
  connection.server(psh | ack, 1s, 500);
  connection.server(rst | ack, 2s);
  connection.stray_server({.tcp_flags = ack, .sequence = connection.server_next}, 3s);
  connection.tracker.advance(at(33s));
  ASSERT_EQ(connection.recorder.ended.size(), 1U);
  EXPECT_EQ(connection.recorder.ended[0].reason, EndReason::rst);
}

TEST(TcpReset, BehindAFinMayHaveTheNumberBeforeIt) {
  Connection connection;
  connection.open();
  connection.client(fin | ack, 1s);
  connection.server(psh | ack, 1s, 10);
  connection.stray_client({.tcp_flags = rst, .sequence = connection.client_next - 1}, 2s);
  connection.tracker.advance(at(32s));
  ASSERT_EQ(connection.recorder.ended.size(), 1U);
  EXPECT_EQ(connection.recorder.ended[0].reason, EndReason::rst);
}

TEST(TcpReset, InTheWindowHoldsUnlessItsSenderGoesOn) {
  Connection taken_back;
  taken_back.open();
  taken_back.stray_server({.tcp_flags = rst, .sequence = taken_back.server_next + 100}, 1s);
  taken_back.client(ack, 2s);  // the challenge (RFC 5961 3.2)
  taken_back.server(psh | ack, 60s, 10);
  EXPECT_EQ(taken_back.packets(), (std::vector<std::uint64_t>{6}));
  EXPECT_EQ(taken_back.ended(0).tcp_state(), TcpState::established);

  Connection meant;
  meant.open();
  meant.stray_server({.tcp_flags = rst, .sequence = meant.server_next + 100}, 1s);
  meant.client(psh | ack, 2s, 10);
  EXPECT_EQ(meant.state(), TcpState::reset);

  Connection closing;
  closing.open();
  closing.server(fin | ack, 1s);
  closing.stray_client({.tcp_flags = rst, .sequence = closing.client_next - 50}, 1s);
  closing.client(fin | ack, 2s);
  EXPECT_EQ(closing.state(), TcpState::closed);
}

TEST(TcpReset, OfAConnectionPickedUpInItsMiddleIsBelievedAndTakenBack) {
  Connection connection;
  connection.stray_client({.tcp_flags = rst, .sequence = 0x12345678});
  connection.client(psh | ack, 1s, 10);
  connection.server(ack, 1s);
  EXPECT_EQ(connection.state(), TcpState::fresh);
  EXPECT_TRUE(connection.ended(0).is_midstream());
}

TEST(TcpFin, OutsideTheWindowIsIgnored) {
  Connection connection;
  connection.open();
  connection.stray_server(
      {.tcp_flags = fin | ack, .sequence = connection.server_next + 0x40000000});
  connection.client(fin | ack, 1s);
  EXPECT_EQ(connection.state(), TcpState::closing);
}

TEST(TcpNumbers, MayWrapAroundAndComeInAnyOrder) {
  Connection connection;
  connection.client_next = 0xfffffffd;
  connection.server_next = 0xfffffff0;
  connection.open();
  connection.client(psh | ack, 1s, 600);
  connection.stray_client({.tcp_flags = psh | ack, .sequence = 0xfffffffe, .payload = 600}, 2s);
  connection.stray_client({.tcp_flags = ack, .sequence = connection.client_next - 1}, 3s);
  connection.server(fin | ack, 4s);
  connection.client(rst, 5s);
  EXPECT_EQ(connection.state(), TcpState::reset);
  EXPECT_EQ(connection.recorder.ended.size(), 1U);
}

TEST(TcpNumbers, OfALargeWindowAreScaled) {
  const std::vector<std::uint8_t> scale_7 = {3, 3, 7};
  for (const bool scaled : {true, false}) {
    Connection connection;
    const std::vector<std::uint8_t> options = scaled ? scale_7 : std::vector<std::uint8_t>{};
    connection.stray_client({.tcp_flags = syn, .sequence = 999, .tcp_options = options});
    connection.stray_server(
        {.tcp_flags = syn | ack, .sequence = 8999, .acknowledgment = 1000, .tcp_options = options});
    connection.window = 1000;
    connection.client(ack);
    connection.stray_server({.tcp_flags = rst, .sequence = 9000 + 100'000});
    EXPECT_EQ(connection.state(), scaled ? TcpState::reset : TcpState::established);
  }
}

TEST(TcpNumbers, AreTakenUpAgainBehindAGapInTheCapture) {
  Connection connection;
  connection.open();
  connection.client_next += 0x10000000;
  connection.server_next += 0x20000000;
  for (int i = 1; i < 4; ++i) {
    connection.client(psh | ack, i * 1s, 100);
    connection.server(psh | ack, i * 1s, 100);
  }
  connection.client(rst, 5s);
  EXPECT_EQ(connection.state(), TcpState::reset);
}

TEST(TcpPortReuse, StartsANewFlowHoweverTheOldOneEnded) {
  enum class Old { open, one_fin, closed, reset };
  for (const Old old : {Old::open, Old::one_fin, Old::closed, Old::reset}) {
    Connection connection{TrackerOptions{.idle = 0s, .fin = 0s}};
    connection.open(0s);
    if (old == Old::one_fin || old == Old::closed) connection.client(fin | ack, 1s);
    if (old == Old::closed) connection.server(fin | ack, 1s);
    if (old == Old::reset) connection.server(rst | ack, 1s);
    const std::uint64_t before = connection.tracker.counts().tracked;
    connection.renumber();
    connection.open(20s);
    connection.client(fin | ack, 21s);
    EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{before, 4})) << int(old);
    EXPECT_EQ(connection.ended(0).end(), at(before == 3 ? 0s : 1s));
    EXPECT_EQ(connection.ended(1).start(), at(20s));
    EXPECT_EQ(connection.ended(1).tcp_state(), TcpState::closing);
    EXPECT_FALSE(connection.ended(1).is_midstream());
  }
}

TEST(TcpPortReuse, IsSeenInOneDirectionAlone) {
  Connection client;
  Connection server;
  for (int i = 0; i < 3; ++i) {
    client.client(syn, i * 40s);
    client.client(ack, i * 40s);
    client.client(psh | ack, i * 40s, 3);
    client.renumber();
    server.server(syn | ack, i * 40s);
    server.server(psh | ack, i * 40s, 30);
    server.renumber();
  }
  EXPECT_EQ(client.packets(), (std::vector<std::uint64_t>{3, 3, 3}));
  EXPECT_EQ(server.packets(), (std::vector<std::uint64_t>{2, 2, 2}));
  EXPECT_EQ(server.ended(2).originator(), client_end);
}

TEST(TcpPortReuse, IsAnAttemptEvenIfNobodyAnswers) {
  Connection connection;
  for (int i = 0; i < 3; ++i) {
    connection.client(syn, i * 10s);
    connection.stray_client({.tcp_flags = syn, .sequence = connection.client_next - 1},
                            i * 10s + 1s);
    connection.renumber();
  }
  EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{2, 2, 2}));
  EXPECT_EQ(connection.tracker.counts().tracked, 6U);
}

TEST(TcpPortReuse, IsNoneIfTheFirstSynComesAgain) {
  Connection connection{TrackerOptions{.fin = 0s}};
  connection.open();
  connection.stray_client({.tcp_flags = syn, .sequence = 1000}, 1s);
  connection.client(fin | ack, 2s);
  connection.server(fin | ack, 2s);
  connection.stray_client({.tcp_flags = syn, .sequence = 1000}, 3s);
  connection.stray_server({.tcp_flags = syn | ack, .sequence = 9000, .acknowledgment = 1001}, 3s);
  EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{8}));
  EXPECT_EQ(connection.ended(0).tcp_state(), TcpState::closed);
}

TEST(TcpPortReuse, IsRefusedByAConnectionThatGoesOn) {
  Connection connection;
  connection.open();
  for (unsigned i = 1; i < 10; ++i) {  // strangers' SYNs, each challenged (RFC 5961 4.2)
    connection.stray_client({.tcp_flags = syn, .sequence = 0x50000000U + 1000 * i}, i * 1s);
    connection.server(ack, i * 1s);
  }
  connection.client(psh | ack, 20s, 10);
  connection.stray_server({.tcp_flags = syn, .sequence = 0x60000000}, 21s);
  connection.server(psh | ack, 22s, 10);
  connection.client(fin | ack, 23s);
  connection.server(fin | ack, 23s);
  EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{3 + 18 + 3 + 2}));
  EXPECT_EQ(connection.ended(0).tcp_state(), TcpState::closed);
  EXPECT_EQ(connection.ended(0).originator(), client_end);
}

TEST(TcpPortReuse, IsNoneInABurstOfStrangersSyns) {
  // Challenges are rationed (RFC 5961 10): one for all of them, or none.
  for (const unsigned challenges : {1U, 0U}) {
    for (const unsigned number : {2U, 3U, 20U}) {
      Connection connection;
      connection.open();
      for (unsigned i = 0; i < number; ++i) {
        const Duration since = 5s + i * 1ms;
        connection.stray_client({.tcp_flags = syn, .sequence = 0x50000000U + 1000 * i}, since);
        if (i < challenges) connection.server(ack, since);
      }
      connection.client(psh | ack, 60s, 10);
      connection.client(fin | ack, 61s);
      connection.server(fin | ack, 61s);
      EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{3 + number + challenges + 3}));
      EXPECT_EQ(connection.ended(0).tcp_state(), TcpState::closed);
    }
  }
  Connection answered;  // the last of a burst may be no stranger's
  answered.open();
  answered.stray_client({.tcp_flags = syn, .sequence = 0x50000000}, 5s);
  answered.renumber();
  answered.open(5s);
  EXPECT_EQ(answered.packets(), (std::vector<std::uint64_t>{4, 3}));
  EXPECT_EQ(answered.ended(1).tcp_state(), TcpState::established);
  Connection patient;  // each attempt waits for an answer
  patient.open();
  for (int i = 1; i < 4; ++i) {
    patient.renumber();
    patient.client(syn, i * 30s);
  }
  EXPECT_EQ(patient.packets(), (std::vector<std::uint64_t>{3, 1, 1, 1}));
}

TEST(TcpPortReuse, FollowsARebootAsTheStandardHasIt) {
  Connection connection;  // RFC 9293 3.5.1, figure 9
  connection.open();
  const std::uint32_t old_client = connection.client_next;
  const std::uint32_t old_server = connection.server_next;
  connection.renumber();
  const std::uint32_t initial = connection.client_next;
  connection.client(syn, 300s);
  connection.stray_server({.tcp_flags = ack, .sequence = old_server, .acknowledgment = old_client},
                          300s);
  connection.stray_client({.tcp_flags = rst, .sequence = old_client}, 300s);
  connection.stray_client({.tcp_flags = syn, .sequence = initial}, 301s);
  connection.server(syn | ack, 301s);
  connection.client(ack, 301s);
  EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{5, 4}));
  EXPECT_EQ(connection.ended(0).tcp_state(), TcpState::reset);
  EXPECT_EQ(connection.ended(1).tcp_state(), TcpState::established);
  EXPECT_EQ(connection.ended(1).start(), at(300s));
}

TEST(TcpPortReuse, IsOneFlowIfTheResponderRemembersWhatTheCaptureDoesNot) {
  // In TIME-WAIT the old connection's numbers are ahead of the new ones, after a reboot anywhere.
  for (const std::uint32_t away : {0x50000000U, 60'000U, 0U - 60'000U}) {
    for (const bool sees_challenge : {true, false}) {
      Connection connection;
      connection.client(syn);
      if (sees_challenge) {
        connection.stray_server(
            {.tcp_flags = ack, .sequence = 9000 + away, .acknowledgment = 1000 + away});
      }
      connection.stray_client({.tcp_flags = rst, .sequence = 1000 + away});
      connection.stray_client({.tcp_flags = syn, .sequence = 1000}, 1s);
      connection.server(syn | ack, 1s);
      connection.client(ack, 1s);
      connection.client(psh | ack, 2s, 10);
      EXPECT_EQ(connection.state(), TcpState::established);
      EXPECT_EQ(connection.packets(), (std::vector<std::uint64_t>{sees_challenge ? 7U : 6U}))
          << away;
    }
  }
}

TEST(TcpPortReuse, IsDecidedByTheTimeTheFlowsEnd) {
  Connection idle{TrackerOptions{.idle = 10s}};
  idle.open(0s);
  idle.renumber();
  idle.client(syn, 5s);
  EXPECT_EQ(idle.tracker.counts().tracked, 3U);
  idle.tracker.advance(at(10s));
  ASSERT_EQ(idle.recorder.ended.size(), 1U);
  EXPECT_EQ(idle.recorder.ended[0].reason, EndReason::idle);
  EXPECT_EQ(idle.tracker.size(), 1U);
  idle.tracker.advance(at(15s));
  EXPECT_EQ(idle.packets(), (std::vector<std::uint64_t>{3, 1}));
  EXPECT_EQ(idle.tracker.counts().tracked, 4U);

  Connection full{TrackerOptions{.max_flows = 1}};
  full.open(0s);
  full.renumber();
  full.client(syn, 5s);
  full.send({.source_port = 1, .protocol = udp}, 6s);
  EXPECT_EQ(full.packets(), (std::vector<std::uint64_t>{3, 1, 1}));
}

TEST(TcpPortReuse, OfMoreConnectionsThanAreRememberedLosesNothing) {
  Feed feed;
  constexpr std::uint16_t connections = 3000;
  for (const std::uint32_t initial : {100U, 0x40000000U}) {
    for (std::uint16_t port = 1; port <= connections; ++port) {
      feed.send({.source_port = port, .tcp_flags = ack, .sequence = 100});
      feed.send({.source_port = port, .tcp_flags = syn, .sequence = initial}, 1s);
    }
  }
  feed.tracker.finish();
  const TrackerCounts& counts = feed.tracker.counts();
  EXPECT_EQ(counts.tracked, 4U * connections);
  EXPECT_EQ(counts.flows_started, counts.flows_ended);
  EXPECT_EQ(feed.recorder.started.size(), feed.recorder.ended.size());
}

TEST(Midstream, IsWhatHasNoSyn) {
  Connection picked_up;
  picked_up.server(psh | ack, 0s, 10);
  picked_up.client(ack, 0s);
  EXPECT_TRUE(picked_up.only_flow().is_midstream());

  Connection answered;
  answered.server(syn | ack);
  EXPECT_FALSE(answered.only_flow().is_midstream());

  Feed other;
  other.send({.protocol = udp});
  EXPECT_FALSE(other.only_flow().is_midstream());
}

}  // namespace
}  // namespace weir::flow::test
