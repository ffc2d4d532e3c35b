// Several observers of one tracker, each packet for those that ask, and what tells flows apart.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "connection.h"

namespace weir::flow::test {
namespace {

/// Counts what it is handed for each flow, until that ends.
class Packets : public Observer {
 public:
  void on_start(const Flow& flow) override { seen_[flow.id()]; }
  [[nodiscard]] bool wants_packets() const noexcept override { return true; }
  void on_packet(const Flow& flow, const Packet& packet, bool is_from_originator) override {
    const auto found = seen_.find(flow.id());
    ASSERT_NE(found, seen_.end()) << "a packet of a flow that has not started, or has ended";
    Seen& seen = found->second;
    ++(is_from_originator ? seen.by_originator : seen.by_responder);
    seen.bytes += packet.wire_length;
    EXPECT_EQ(packet.data.size(), packet.wire_length);
  }
  void on_end(const Flow& flow, EndReason) override {
    const Seen seen = seen_.at(flow.id());
    EXPECT_EQ(seen.by_originator, flow.from_originator().packets);
    EXPECT_EQ(seen.by_responder, flow.from_responder().packets);
    EXPECT_EQ(seen.bytes, flow.from_originator().frame_bytes + flow.from_responder().frame_bytes);
    packets += seen.by_originator + seen.by_responder;
    seen_.erase(flow.id());
    ended.push_back(flow.id());
  }

  std::uint64_t packets = 0;
  std::vector<std::uint64_t> ended;

 private:
  struct Seen {
    std::uint64_t by_originator = 0;
    std::uint64_t by_responder = 0;
    std::uint64_t bytes = 0;
  };
  std::map<std::uint64_t, Seen> seen_;
};

TEST(FlowObservers, AreAllTold) {
  Recorder second;
  Feed feed;
  feed.tracker.attach(second);
  feed.send({});
  feed.tracker.finish();
  EXPECT_EQ(feed.recorder.started.size(), 1U);
  EXPECT_EQ(feed.recorder.ended.size(), 1U);
  EXPECT_EQ(second.started.size(), 1U);
  EXPECT_EQ(second.ended.size(), 1U);
  EXPECT_EQ(second.finished, 1);
}

TEST(FlowObservers, ComeAndGoWhileFlowsLive) {
  Recorder late;
  Feed feed;
  feed.send({});
  feed.tracker.attach(late);
  feed.tracker.detach(feed.recorder);
  feed.tracker.finish();
  EXPECT_TRUE(late.started.empty());
  EXPECT_EQ(late.ended.size(), 1U);
  EXPECT_TRUE(feed.recorder.ended.empty());
}

TEST(FlowObservers, AreToldWhatOneBeforeThemThrowsAt) {
  class Throws : public Observer {
    void on_start(const Flow&) override { throw std::runtime_error{"full"}; }
  } throws;
  Recorder behind;
  Tracker tracker{throws};
  tracker.attach(behind);
  const auto frame = make_frame({});
  EXPECT_THROW(tracker.add(packet_of(frame, at(0s))), std::runtime_error);
  EXPECT_EQ(behind.started.size(), 1U);
  EXPECT_EQ(tracker.counts().tracked, 1U);
}

TEST(FlowObservers, GetEachPacketOfAFlowBetweenItsStartAndItsEnd) {
  Packets packets;
  Connection connection{{.active = 20s}};
  connection.tracker.attach(packets);
  connection.open();
  for (int i = 1; i < 100; ++i) {
    connection.client(psh | ack, i * 1s, 10);
    connection.server(psh | ack, i * 1s, 100);
  }
  connection.tracker.finish();
  EXPECT_EQ(packets.packets, 3U + 2 * 99);
  EXPECT_EQ(packets.packets, connection.tracker.counts().tracked);
  EXPECT_EQ(packets.ended.size(), connection.tracker.counts().flows_ended);
}

TEST(FlowObservers, GetPacketsThatWaitedWithTheFlowTheyTurnOutToBeOf) {
  for (const bool is_taken_up : {true, false}) {
    Packets packets;
    Connection connection;
    connection.tracker.attach(packets);
    connection.open();
    const std::uint32_t begin = connection.client_next + 0x20000000;
    connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
    connection.stray_client({.tcp_flags = syn, .sequence = begin}, 6s);
    EXPECT_EQ(connection.tracker.counts().tracked, 3U) << "they wait";
    if (is_taken_up) {
      connection.stray_server({.tcp_flags = syn | ack, .sequence = 77, .acknowledgment = begin + 1},
                              7s);
    } else {
      connection.client(psh | ack, 7s, 10);
    }
    connection.tracker.finish();
    EXPECT_EQ(packets.packets, 6U) << is_taken_up;
    EXPECT_EQ(packets.ended.size(), is_taken_up ? 2U : 1U);
    EXPECT_EQ(connection.tracker.counts().packets_untold, 0U);
  }
}

TEST(FlowObservers, AreNotHandedAnothersPacketsAfterOneHasThrown) {
  class ThrowsOnce : public Packets {
   public:
    void on_end(const Flow& flow, EndReason reason) override {
      if (std::exchange(has_thrown_, true)) return Packets::on_end(flow, reason);
      throw std::runtime_error{"full"};
    }

   private:
    bool has_thrown_ = false;
  } packets;
  Connection connection;
  connection.tracker.attach(packets);
  connection.open();
  const std::uint32_t begin = connection.client_next + 0x20000000;
  connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
  connection.stray_client({.tcp_flags = syn, .sequence = begin}, 6s);
  EXPECT_THROW(connection.stray_server(
                   {.tcp_flags = syn | ack, .sequence = 77, .acknowledgment = begin + 1}, 7s),
               std::runtime_error);
  // Whoever takes the record of the claim, ends with what it was told itself.
  connection.open(20s);
  connection.stray_client({.tcp_flags = syn, .sequence = begin + 99}, 25s);
  connection.client(psh | ack, 26s, 10);
  connection.tracker.finish();
  const TrackerCounts counts = connection.tracker.counts();
  EXPECT_EQ(counts.packets_untold, 0U) << "what waited was its successor's, which has begun";
  EXPECT_EQ(packets.packets + 3, counts.tracked) << "all but those of the flow it threw at";
  EXPECT_EQ(counts.flows_started, counts.flows_ended);
}

TEST(FlowObservers, CountWhatWaitedBehindAPacketTheyThrewAt) {
  class ThrowsAtTheFourth : public Observer {
   public:
    [[nodiscard]] bool wants_packets() const noexcept override { return true; }
    void on_packet(const Flow&, const Packet&, bool) override {
      if (++handed == 4) throw std::runtime_error{"full"};
    }
    std::uint64_t handed = 0;
  } throws;
  Connection connection;
  connection.tracker.attach(throws);
  connection.open();
  const std::uint32_t begin = connection.client_next + 0x20000000;
  for (int i = 0; i < 3; ++i) connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
  EXPECT_THROW(connection.tracker.finish(), std::runtime_error);
  connection.tracker.finish();
  const TrackerCounts counts = connection.tracker.counts();
  EXPECT_EQ(counts.packets_untold, 2U);
  EXPECT_EQ(throws.handed + counts.packets_untold, counts.tracked);
  EXPECT_EQ(counts.tracked, 6U);
}

TEST(FlowObservers, GetAPacketFarAheadOnceItIsKnownNotToBeThePresent) {
  Packets packets;
  Feed feed;
  feed.tracker.attach(packets);
  feed.send({}, 0s);
  feed.send({.source_port = 1111}, 240h);
  feed.send({}, 1s);
  feed.tracker.finish();
  EXPECT_EQ(packets.packets, 3U);
  EXPECT_EQ(feed.tracker.counts().outlier, 1U);
}

TEST(FlowObservers, AreNotHandedWhatThereIsNoRoomFor) {
  Packets packets;
  Connection connection;
  connection.tracker.attach(packets);
  connection.open();
  const std::uint32_t begin = connection.client_next + 0x20000000;
  for (int i = 0; i < 5000; ++i) {
    connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
  }
  EXPECT_EQ(connection.tracker.counts().packets_untold, 5000U - 4096);
}

TEST(FlowObservers, AreNotHandedWhatThereAreTooManyBytesOf) {
  constexpr std::size_t payload = 60'000;
  constexpr std::size_t room = (std::size_t{16} << 20) / (14 + 20 + 20 + payload);
  for (const bool is_taken_up : {true, false}) {
    Packets packets;
    Connection connection;
    connection.tracker.attach(packets);
    connection.open();
    const std::size_t before = connection.tracker.memory();
    const std::uint32_t begin = connection.client_next + 0x20000000;
    const auto claim = [&](Duration since) {
      for (std::size_t i = 0; i < room + 20; ++i) {
        connection.stray_client({.tcp_flags = syn, .sequence = begin, .payload = payload}, since);
      }
    };
    claim(5s);
    EXPECT_EQ(connection.tracker.counts().packets_untold, 20U);
    EXPECT_GT(connection.tracker.memory() - before, room * payload);
    EXPECT_LT(connection.tracker.memory() - before, std::size_t{20} << 20);
    if (is_taken_up) {
      connection.stray_server({.tcp_flags = syn | ack, .sequence = 77, .acknowledgment = begin + 1},
                              7s);
    } else {
      connection.client(psh | ack, 7s, 10);
    }
    EXPECT_EQ(connection.tracker.memory(), before) << "they are with their flow now";
  }
}

TEST(FlowObservers, CountWhatTheyAreNotHandedSinceAStartWasThrownAt) {
  class ThrowsAtEverySecondStart : public Observer {
   public:
    void on_start(const Flow&) override {
      if (++starts_ % 2 == 0) throw std::runtime_error{"full"};
    }
    [[nodiscard]] bool wants_packets() const noexcept override { return true; }
    void on_packet(const Flow&, const Packet&, bool) override { ++handed; }
    std::uint64_t handed = 0;

   private:
    int starts_ = 0;
  } throws, behind;
  Tracker tracker{throws, {.idle = 10s, .active = 5s}};
  tracker.attach(behind);
  std::uint64_t thrown = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    const auto frame = make_frame({.source_port = static_cast<std::uint16_t>(i % 7)});
    try {
      tracker.add(packet_of(frame, at(i * 300ms)));
    } catch (const std::runtime_error&) {
      ++thrown;
    }
  }
  const TrackerCounts counts = tracker.counts();
  EXPECT_GT(thrown, 50U);
  EXPECT_EQ(counts.packets_untold, thrown);
  EXPECT_EQ(counts.tracked, 1000U);
  EXPECT_EQ(throws.handed + counts.packets_untold, counts.tracked);
  EXPECT_EQ(behind.handed, throws.handed);
}

TEST(FlowId, IsAnotherForEachFlowAndStaysWithItsParts) {
  std::set<std::uint64_t> ids;
  Feed feed{{.idle = 10s, .active = 5s}};
  for (unsigned i = 0; i < 10'000; ++i) {
    const auto port = static_cast<std::uint16_t>(i % 50);
    feed.send({.source_port = port}, i * 7ms);
  }
  feed.tracker.finish();
  ASSERT_GT(feed.recorder.ended.size(), 50U);
  for (const EndedFlow& ended : feed.recorder.ended) ids.insert(ended.flow().id());
  EXPECT_EQ(ids.size(), 50U);
  EXPECT_EQ(*ids.begin(), 1U);

  Feed again{{.idle = 10s}};
  again.send({}, 0s);
  again.send({}, 60s);
  again.tracker.finish();
  ASSERT_EQ(again.recorder.ended.size(), 2U);
  EXPECT_NE(again.recorder.ended[0].flow().id(), again.recorder.ended[1].flow().id());
}

}  // namespace
}  // namespace weir::flow::test
