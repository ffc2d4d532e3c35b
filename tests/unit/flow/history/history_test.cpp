// What a tracker keeps of its flows' packets: when, of whom, how much, and for how long.
#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "support/allocations.h"
#include "unit/flow/connection.h"

namespace weir::flow::test {
namespace {

using Fields = HistoryFields;

const TrackerOptions with_history{.history = {.fields = Fields::all}};

std::vector<HistoryPacket> packets_of(const FlowHistory& history) {
  std::vector<HistoryPacket> packets;
  for (const HistoryPacket& packet : history) packets.push_back(packet);
  EXPECT_EQ(packets.size(), history.size());
  return packets;
}

/// Takes the history of each flow as it begins and as it ends.
class Keeper final : public Observer {
 public:
  void on_start(const Flow& flow) override { at_start.push_back(tracker->history(flow)); }
  void on_end(const Flow& flow, EndReason /*reason*/) override {
    at_end.push_back(tracker->history(flow));
  }
  const Tracker* tracker = nullptr;
  std::vector<FlowHistory> at_start;
  std::vector<FlowHistory> at_end;
};

/// A connection, and a keeper of what is kept of it.
class Kept : public Connection {
 public:
  explicit Kept(const TrackerOptions& options = with_history) : Connection{options} {
    keeper.tracker = &tracker;
    tracker.attach(keeper);
  }
  [[nodiscard]] FlowHistory history() const {
    return tracker.history(*tracker.find(tcp, client_end, server_end));
  }
  /// The payloads of the packets, which tell them from each other.
  static std::vector<std::uint32_t> payloads(const FlowHistory& history) {
    std::vector<std::uint32_t> sizes;
    for (const HistoryPacket& packet : history) sizes.push_back(packet.payload_bytes);
    return sizes;
  }
  Keeper keeper;
};

using Sizes = std::vector<std::uint32_t>;

TEST(History, IsKeptOnlyWhereFieldsAreChosen) {
  Connection plain;
  plain.open();
  EXPECT_EQ(plain.tracker.history_counts().packets, 0U);
  EXPECT_EQ(plain.tracker.history_counts().dropped, 0U);
  EXPECT_TRUE(plain.tracker.history(*plain.tracker.find(tcp, client_end, server_end)).empty());
  Connection kept{with_history};
  kept.open();
  EXPECT_EQ(kept.tracker.history_counts().packets, 3U);
  EXPECT_GT(kept.tracker.memory(), plain.tracker.memory());
}

TEST(History, HasEveryFieldOfThePacket) {
  Kept kept;
  kept.client(syn, 1s);
  kept.server(syn | ack, 1s + 5ns);
  const std::vector<HistoryPacket> packets = packets_of(kept.history());
  ASSERT_EQ(packets.size(), 2U);
  const auto tcp_fields = static_cast<Fields>(static_cast<unsigned>(Fields::all) &
                                              ~static_cast<unsigned>(Fields::icmp));
  const HistoryPacket first{.timestamp = at(1s),
                            .ip_length = 40,
                            .sequence = 1000,
                            .window = 1000,
                            .ttl = 64,
                            .tcp_flags = syn,
                            .is_from_originator = true,
                            .fields = tcp_fields};
  EXPECT_EQ(packets[0], first);
  const HistoryPacket second{.timestamp = at(1s + 5ns),
                             .ip_length = 40,
                             .sequence = 9000,
                             .acknowledgment = 1001,
                             .window = 1000,
                             .ttl = 64,
                             .tcp_flags = syn | ack,
                             .fields = tcp_fields};
  EXPECT_EQ(packets[1], second);
}

TEST(History, HasOnlyWhatWasChosen) {
  Kept kept{{.history = {.fields = Fields::ttl | Fields::window}}};
  kept.open();
  for (const HistoryPacket& packet : kept.history()) {
    const HistoryPacket expected{.window = 1000, .ttl = 64, .fields = Fields::ttl | Fields::window};
    EXPECT_EQ(packet, expected);
  }
}

TEST(History, LacksWhatThePacketDoesNotHave) {
  Feed feed{with_history};
  FrameFields fields{
      .source = ip("2001:db8::1"), .destination = ip("2001:db8::2"), .protocol = udp};
  feed.send(fields);
  const auto frame = make_frame(fields);
  Packet packet = packet_of(frame, {});
  packet.flags = PacketFlags::no_timestamp;
  feed.tracker.add(packet);
  const auto packets = packets_of(feed.tracker.history(*feed.tracker.flows().begin()));
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].fields, Fields::timestamp | Fields::ttl | Fields::ip_length |
                                   Fields::payload | Fields::direction);
  EXPECT_EQ(packets[1].fields,
            Fields::ttl | Fields::ip_length | Fields::payload | Fields::direction);
  EXPECT_EQ(packets[1].timestamp, Timestamp{});
}

TEST(History, IsThereWhenTheFlowBeginsAndWhenItEnds) {
  Kept kept;
  kept.open();
  kept.client(ack, 1s, 10);
  EXPECT_EQ(Kept::payloads(kept.keeper.at_start.at(0)), (Sizes{0}));
  const FlowHistory before = kept.history();
  kept.server(ack, 2s, 20);
  kept.tracker.finish();
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end.at(0)), (Sizes{0, 0, 0, 10, 20}));
  EXPECT_EQ(Kept::payloads(before), (Sizes{0, 0, 0, 10}));
  EXPECT_EQ(kept.tracker.history_counts().packets, 0U);
  EXPECT_EQ(kept.tracker.history_counts().bytes, 0U);
  EXPECT_TRUE(kept.tracker.history(kept.ended(0)).empty());
}

TEST(History, IsThereInSilenceAndAtEviction) {
  Kept kept{{.idle = 10s, .max_flows = 1, .history = {.fields = Fields::all}}};
  kept.client(ack, 0s, 1);
  kept.tracker.advance(at(20s));
  kept.client(ack, 20s, 2);
  kept.send({.source_port = 1, .payload = 3}, 21s);
  kept.tracker.finish();
  ASSERT_EQ(kept.keeper.at_end.size(), 3U);
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end[0]), (Sizes{1}));
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end[1]), (Sizes{2}));
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end[2]), (Sizes{3}));
}

TEST(History, IsThatOfThePartTheActiveTimeoutCut) {
  Kept kept{{.active = 10s, .history = {.fields = Fields::all}}};
  for (const int second : {0, 5, 11, 12}) {
    kept.client(ack, second * 1s, static_cast<std::size_t>(second));
  }
  EXPECT_EQ(Kept::payloads(kept.history()), (Sizes{11, 12}));
  kept.tracker.finish();
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end.at(0)), (Sizes{0, 5}));
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end.at(1)), (Sizes{11, 12}));
}

TEST(History, GoesWithAConnectionThatTakesThePorts) {
  Kept kept;
  kept.open();
  kept.client(ack, 1s, 10);
  kept.renumber();
  kept.client(syn, 2s);
  EXPECT_EQ(Kept::payloads(kept.history()), (Sizes{0, 0, 0, 10}));
  kept.server(syn | ack, 2s);
  kept.client(ack, 2s, 20);
  EXPECT_EQ(Kept::payloads(kept.history()), (Sizes{0, 0, 20}));
  ASSERT_EQ(kept.keeper.at_end.size(), 1U);
  EXPECT_EQ(Kept::payloads(kept.keeper.at_end[0]), (Sizes{0, 0, 0, 10}));
  EXPECT_EQ(Kept::payloads(kept.keeper.at_start.at(1)), (Sizes{0}));
}

TEST(History, StaysWithAConnectionThatRefusesToLetThePortsGo) {
  Kept kept;
  kept.open();
  kept.client(ack, 1s, 10);
  kept.stray_client({.tcp_flags = syn, .sequence = 0x70000000, .payload = 7}, 2s);
  kept.server(ack, 2s, 20);
  EXPECT_EQ(Kept::payloads(kept.history()), (Sizes{0, 0, 0, 10, 20}));
  kept.client(ack, 3s, 30);
  // It counts from the moment it is decided.
  EXPECT_EQ(Kept::payloads(kept.history()), (Sizes{0, 0, 0, 10, 20, 7, 30}));
  EXPECT_EQ(kept.tracker.history_counts().packets, 7U);
}

TEST(History, TellsOriginatorsByWhatIsKnownAtTheEnd) {
  Kept kept;
  kept.server(syn | ack);
  for (const HistoryPacket& packet : kept.history()) EXPECT_FALSE(packet.is_from_originator);
}

TEST(History, KeepsThePacketThatHadToWaitForTheNext) {
  Kept kept;
  kept.client(ack, 0s, 1);
  kept.client(ack, 100h, 2);  // far ahead: the next one says whether that is the time
  EXPECT_EQ(Kept::payloads(kept.history()), (Sizes{1}));
  kept.client(ack, 1s, 3);
  kept.client(ack, -48h, 4);
  const auto packets = packets_of(kept.history());
  ASSERT_EQ(packets.size(), 4U);
  EXPECT_EQ(packets[1].timestamp, at(100h));
  EXPECT_EQ(packets[1].ttl, 64);
  EXPECT_EQ(packets[2].timestamp, at(1s));
  EXPECT_EQ(packets[3].timestamp, at(-48h));
}

TEST(History, HoldsTheEndsOfTime) {
  Kept kept;
  const auto frame = make_frame({});
  const std::vector<Timestamp> times = {Timestamp{},    Timestamp::max(), Timestamp::min(),
                                        Timestamp{1ns}, Timestamp::max(), Timestamp::max()};
  for (const Timestamp time : times) kept.tracker.add(packet_of(frame, time));
  kept.tracker.finish();
  std::vector<Timestamp> got;
  for (const FlowHistory& history : kept.keeper.at_end) {
    for (const HistoryPacket& packet : history) got.push_back(packet.timestamp);
  }
  EXPECT_EQ(got, times);
}

TEST(History, IsCountedWithoutABudget) {
  Kept kept{{.history = {.fields = Fields::all, .budget = 0}}};
  kept.open();
  EXPECT_TRUE(kept.history().empty());
  EXPECT_EQ(kept.tracker.history_counts().dropped, 3U);
  kept.tracker.finish();
  EXPECT_TRUE(kept.keeper.at_end.at(0).empty());
}

TEST(History, IsCountedByProtocol) {
  Feed feed{with_history};
  feed.send({.protocol = udp, .payload = 1});
  feed.send({.protocol = udp, .payload = 2});
  feed.send({});
  EXPECT_EQ(feed.tracker.history_packets(udp), 2U);
  EXPECT_EQ(feed.tracker.history_packets(tcp), 1U);
  EXPECT_EQ(feed.tracker.history_packets(icmp), 0U);
  feed.tracker.finish();
  EXPECT_EQ(feed.tracker.history_packets(udp), 0U);
}

/// An observer that throws leaves nothing behind, and loses nothing of others.
class Thrower final : public Observer {
 public:
  void on_end(const Flow& /*flow*/, EndReason /*reason*/) override {
    if (throws) throw 1;  // NOLINT: anything
  }
  bool throws = true;
};

TEST(History, GoesWithItsFlowAlsoWhereAnObserverThrows) {
  Thrower thrower;
  Tracker tracker{thrower, with_history};
  const auto first = make_frame({.source_port = 1});
  const auto second = make_frame({.source_port = 2});
  tracker.add(packet_of(first, at(0s)));
  tracker.add(packet_of(second, at(1s)));
  EXPECT_THROW(tracker.finish(), int);
  EXPECT_EQ(tracker.size(), 1U);
  EXPECT_EQ(tracker.history_counts().packets, 1U);
  EXPECT_EQ(tracker.history(*tracker.flows().begin()).size(), 1U);
  thrower.throws = false;
  tracker.finish();
  EXPECT_EQ(tracker.history_counts().bytes, 0U);
}

TEST(History, TakesNoMemoryForAPacketOnceItIsWarm) {
  Feed feed{{.history = {.fields = Fields::all, .budget = std::size_t{1} << 20}}};
  std::vector<std::vector<std::uint8_t>> frames;
  for (std::uint32_t i = 0; i < 64; ++i) {
    frames.push_back(
        make_frame({.sequence = i * 777, .payload = i % 7, .identification = i * 991}));
  }
  std::vector<Packet> packets(64);
  std::int64_t now = 0;
  const auto run = [&] {
    for (int round = 0; round < 4000; ++round) {
      for (std::size_t i = 0; i < frames.size(); ++i) {
        packets[i] = packet_of(frames[i], at(Duration{now += 1'234'567}));
      }
      feed.tracker.add(packets);
    }
  };
  run();
  EXPECT_GT(feed.tracker.history_counts().dropped, 0U);
  EXPECT_LE(feed.tracker.history_counts().bytes, std::size_t{1} << 20);
  const std::size_t before = weir::test::allocation_count();
  run();
  EXPECT_EQ(weir::test::allocation_count(), before);
}

TEST(History, IsNothingOnceItWasMovedAway) {
  Kept kept;
  kept.open();
  FlowHistory history = kept.history();
  const FlowHistory moved = std::move(history);
  EXPECT_FALSE(moved.empty());
  EXPECT_TRUE(history.empty());  // NOLINT: that is what is tested
  EXPECT_EQ(history.begin(), history.end());
}

TEST(History, IsWalkedBySeveralThreadsWhileTheTrackerGoesOn) {
  Kept kept;
  kept.open();
  constexpr std::size_t packets = 2000;
  for (std::size_t i = 0; i < packets; ++i) kept.client(ack, 1s + i * 1ms, i % 1000);
  const FlowHistory history = kept.history();
  const std::vector<HistoryPacket> expected = packets_of(history);
  std::vector<std::jthread> threads;
  std::array<bool, 4> same{};
  for (bool& is_same : same) {
    threads.emplace_back([&is_same, &expected, history] {
      is_same = true;
      for (int i = 0; i < 20; ++i) is_same = packets_of(history) == expected && is_same;
    });
  }
  for (std::size_t i = 0; i < packets; ++i) kept.client(ack, 10s + i * 1ms, 5);
  kept.tracker.finish();
  threads.clear();
  for (const bool is_same : same) EXPECT_TRUE(is_same);
}

}  // namespace
}  // namespace weir::flow::test
