// The cap on flows, what is evicted there, memory, allocations, and observers that throw.
#include <gtest/gtest.h>

#include <stdexcept>

#include "frames.h"
#include "support/allocations.h"

namespace weir::flow::test {
namespace {

FrameFields numbered(unsigned number, std::uint8_t protocol = udp) {
  return {.source = Ipv4Address{{198, 51, 100, static_cast<std::uint8_t>(number >> 16)}},
          .source_port = static_cast<std::uint16_t>(number),
          .protocol = protocol};
}

void expect_identities(const Tracker& tracker) {
  const TrackerCounts& counts = tracker.counts();
  EXPECT_EQ(counts.packets, counts.tracked + counts.without_ip);
  EXPECT_EQ(counts.flows_started, counts.flows_ended + tracker.size());
}

TEST(FlowCap, EvictsTheLeastRecentlyUsed) {
  Feed feed{TrackerOptions{.idle = 0s, .max_flows = 3}};
  feed.send(numbered(1), 1s);
  feed.send(numbered(2), 2s);
  feed.send(numbered(3), 3s);
  feed.send(numbered(1), 4s);
  feed.send(numbered(4), 5s);
  feed.send(numbered(1), 6s);
  feed.send(numbered(5), 7s);
  ASSERT_EQ(feed.recorder.ended.size(), 2U);
  EXPECT_EQ(feed.recorder.ended[0].flow().originator().port, 2);
  EXPECT_EQ(feed.recorder.ended[1].flow().originator().port, 3);
  EXPECT_EQ(feed.recorder.ended[1].reason, EndReason::evicted);
  EXPECT_EQ(feed.tracker.counts().flows_evicted, 2U);
  EXPECT_EQ(feed.tracker.size(), 3U);
  expect_identities(feed.tracker);
}

TEST(FlowCap, HoldsInAFloodAndLosesNoPacket) {
  constexpr unsigned cap = 1000;
  Feed feed{TrackerOptions{.max_flows = cap}};
  for (unsigned i = 0; i < 20 * cap; ++i) {
    feed.send(numbered(i), i * 100ns);
    if (i % 100 == 0) feed.send(numbered(0), i * 100ns);  // stays in use, so it stays
    ASSERT_LE(feed.tracker.size(), cap);
  }
  expect_identities(feed.tracker);
  feed.tracker.finish();
  std::uint64_t packets = 0;
  for (const EndedFlow& ended : feed.recorder.ended) {
    packets += ended.flow().from_originator().packets;
  }
  EXPECT_EQ(packets, 20 * cap + 200);
  EXPECT_EQ(feed.recorder.ended.back().flow().originator().port, 20 * cap - 1);
  EXPECT_EQ(feed.tracker.counts().flows_evicted, 19 * cap);
}

/// Sends a flood of flows and says how many of those before it are left.
template <class Flood>
std::size_t survivors(Feed& feed, unsigned flows, Flood flood) {
  for (unsigned i = 0; i < 20'000; ++i) flood(i, 10s + i * 1us);
  feed.tracker.finish();
  return static_cast<std::size_t>(std::ranges::count_if(feed.recorder.ended, [&](const auto& end) {
    return end.reason == EndReason::end && end.flow().start() < at(10s) &&
           end.flow().originator().port < flows;
  }));
}

TEST(FlowCap, KeepsSilentConnectionsInAFloodOfSyns) {
  for (const bool answered : {false, true}) {
    Feed feed{TrackerOptions{.max_flows = 1000}};
    for (std::uint16_t port = 0; port < 900; ++port) {
      const FrameFields client{.source_port = port, .tcp_flags = syn, .sequence = 1};
      FrameFields server = client.reversed();
      server.tcp_flags = syn | ack;
      server.sequence = 0;
      server.acknowledgment = 2;
      FrameFields done = client;
      done.tcp_flags = ack;
      done.sequence = 2;
      done.acknowledgment = 1;
      for (const FrameFields& fields : {client, server, done}) feed.send(fields, port * 1ms);
    }
    const auto flood = [&](unsigned i, Duration time) {
      FrameFields fields = numbered(i, tcp);
      fields.tcp_flags = syn;
      feed.send(fields, time);
      if (!answered) return;
      FrameFields back = fields.reversed();
      back.tcp_flags = i % 2 == 0 ? syn | ack : rst | ack;
      back.acknowledgment = 1;
      feed.send(back, time);
    };
    EXPECT_EQ(survivors(feed, 900, flood), 900U);
    EXPECT_EQ(feed.tracker.counts().flows_evicted_kept, 0U);
    expect_identities(feed.tracker);
  }
}

TEST(FlowCap, KeepsWhatIsAnsweredOrLongInAFloodOfDatagrams) {
  Feed feed{TrackerOptions{.max_flows = 1000}};
  for (std::uint16_t port = 0; port < 300; ++port) {
    const FrameFields query{.source_port = port, .protocol = udp};
    feed.send(query, port * 1ms);
    feed.send(query.reversed(), port * 1ms);
    const FrameFields stream{.source = ip("192.0.2.9"), .source_port = port, .protocol = sctp};
    for (int i = 0; i < 4; ++i) feed.send(stream, port * 1ms);
    const FrameFields ping{.source = Ipv4Address{{203, 0, 113, std::uint8_t(port % 256)}},
                           .protocol = icmp,
                           .payload = 8};
    feed.send(ping, port * 1ms);
    feed.send(ping.reversed(), port * 1ms);
  }
  const auto flood = [&](unsigned i, Duration time) { feed.send(numbered(i + 1000), time); };
  EXPECT_EQ(survivors(feed, 1000, flood), 300U + 300U + 256U);
}

TEST(FlowCap, EvictsByAgeWhereAllAreAnswered) {
  Feed feed{TrackerOptions{.max_flows = 100}};
  for (unsigned i = 0; i < 1000; ++i) {
    feed.send(numbered(i), i * 1ms);
    feed.send(numbered(i).reversed(), i * 1ms);
  }
  ASSERT_EQ(feed.recorder.ended.size(), 900U);
  for (unsigned i = 0; i < 900; ++i) {
    EXPECT_EQ(feed.recorder.ended[i].flow().originator().port, i);
  }
  EXPECT_EQ(feed.tracker.counts().flows_evicted_kept, 900U);
}

TEST(FlowCap, LeavesNewFlowsTheTimeToBeAnswered) {
  Feed feed{TrackerOptions{.max_flows = 1600}};
  for (unsigned i = 0; i < 4000; ++i) {
    feed.send(numbered(i), i * 1ms);
    if (i >= 50) feed.send(numbered(i - 50).reversed(), i * 1ms);
  }
  feed.tracker.finish();
  for (const EndedFlow& ended : feed.recorder.ended) {
    if (ended.flow().originator().port >= 3950) continue;
    EXPECT_EQ(ended.flow().from_responder().packets, 1U);
  }
}

TEST(FlowCap, OfZeroIsOne) {
  Feed feed{TrackerOptions{.max_flows = 0}};
  feed.send(numbered(1));
  feed.send(numbered(2));
  EXPECT_EQ(feed.tracker.size(), 1U);
}

TEST(FlowMemory, GrowsWithTheFlowsAndStaysSmallForEach) {
  Feed feed;
  const std::size_t empty = feed.tracker.memory();
  EXPECT_LT(empty, 200'000U);
  constexpr unsigned flows = 150'000;
  for (unsigned i = 0; i < flows; ++i) feed.send(numbered(i), i * 1us);
  EXPECT_EQ(feed.tracker.size(), flows);
  EXPECT_LT((feed.tracker.memory() - empty) / flows, 192U);
}

TEST(FlowMemory, IsNotAllocatedPerPacketOnceWarm) {
  class Silent : public Observer {
  } observer;
  Tracker tracker{observer, {.idle = 10s, .max_flows = 4000}};
  std::vector<std::vector<std::uint8_t>> frames;
  for (unsigned i = 0; i < 8000; ++i) {
    FrameFields fields = numbered(i, i % 2 == 0 ? udp : tcp);
    fields.tcp_flags = i % 3 == 0 ? fin | ack : syn;
    fields.more_fragments = i % 7 == 0;
    frames.push_back(make_frame(fields));
  }
  const auto pass = [&](Duration since) {
    for (std::size_t i = 0; i < frames.size(); ++i) {
      tracker.add(packet_of(frames[i], at(since + i * 5ms)));
    }
  };
  pass(0s);
  const std::size_t before = weir::test::allocation_count();
  pass(100s);
  tracker.advance(at(200s));
  EXPECT_EQ(weir::test::allocation_count(), before);
  EXPECT_GT(tracker.counts().flows_evicted + tracker.counts().flows_ended, 8000U);
}

/// Throws at every third call.
class Throwing : public Recorder {
 public:
  void on_start(const Flow& flow) override {
    Recorder::on_start(flow);
    maybe_throw();
  }
  void on_end(const Flow& flow, EndReason reason) override {
    Recorder::on_end(flow, reason);
    maybe_throw();
  }

 private:
  void maybe_throw() {
    if (++calls_ % 3 == 0) throw std::runtime_error{"output failed"};
  }
  int calls_ = 0;
};

TEST(ThrowingObserver, LeavesTheTrackerUsable) {
  Throwing observer;
  Tracker tracker{observer, {.idle = 1s, .active = 2s, .max_flows = 50}};
  int thrown = 0;
  const auto guarded = [&](auto&& call) {
    try {
      call();
    } catch (const std::runtime_error&) {
      ++thrown;
    }
    expect_identities(tracker);
  };
  for (unsigned i = 0; i < 3000; ++i) {
    const auto frame = make_frame(numbered(i % 77));
    guarded([&] { tracker.add(packet_of(frame, at(i * 7ms))); });
    if (i % 500 == 0) guarded([&] { tracker.advance(at(i * 7ms + 900ms)); });
  }
  while (tracker.size() != 0) guarded([&] { tracker.finish(); });
  EXPECT_GT(thrown, 100);
  EXPECT_EQ(observer.ended.size(), tracker.counts().flows_ended);
  EXPECT_EQ(observer.started.size(), tracker.counts().flows_started);
  std::uint64_t packets = 0;
  for (const EndedFlow& ended : observer.ended) packets += ended.flow().from_originator().packets;
  EXPECT_EQ(packets, tracker.counts().tracked);
}

TEST(ThrowingObserver, IsToldOfEachFlowOnceWhenFinishIsResumed) {
  Throwing observer;
  Tracker tracker{observer, {.idle = 0s}};
  std::vector<std::vector<std::uint8_t>> frames;
  for (unsigned i = 0; i < 100; ++i) {
    frames.push_back(make_frame(numbered(i)));
    try {
      tracker.add(packet_of(frames.back(), at(i * 1s)));
    } catch (const std::runtime_error&) {
    }
  }
  int calls = 0;
  while (observer.finished == 0) {
    try {
      ++calls;
      tracker.finish();
    } catch (const std::runtime_error&) {
    }
  }
  EXPECT_GT(calls, 30);
  ASSERT_EQ(observer.ended.size(), 100U);
  for (unsigned i = 0; i < 100; ++i) {
    EXPECT_EQ(observer.ended[i].flow().originator().port, i);
  }
  EXPECT_EQ(tracker.size(), 0U);
}

TEST(TrackerMoves, CarryTheFlowsAlong) {
  Recorder recorder;
  Tracker first{recorder};
  const auto frame = make_frame({});
  first.add(packet_of(frame, at(0s)));
  Tracker second{std::move(first)};
  second.add(packet_of(frame, at(1s)));
  EXPECT_EQ(second.size(), 1U);
  second.finish();
  EXPECT_EQ(recorder.ended.at(0).flow().from_originator().packets, 2U);
}

TEST(OwnedFlows, CanBeCopiedAndAssigned) {
  Feed feed;
  feed.send(numbered(1));
  feed.send(numbered(2));
  feed.tracker.finish();
  OwnedFlow copy = feed.recorder.ended[0].owned;
  EXPECT_EQ(copy.flow().originator().port, 1);
  copy = feed.recorder.ended[1].owned;
  EXPECT_EQ(copy.flow().originator().port, 2);
  static_assert(!std::is_copy_constructible_v<Flow> && !std::is_copy_assignable_v<Flow>);
}

}  // namespace
}  // namespace weir::flow::test
