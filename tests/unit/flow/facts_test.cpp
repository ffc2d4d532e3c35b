// What a tracker knows of itself: sums that must agree with what was sent.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "connection.h"
#include "weir/error.h"
#include "weir/savefile/reader.h"

namespace weir::flow::test {
namespace {

namespace fs = std::filesystem;

void expect_identities(const Tracker& tracker) {
  const TrackerFacts facts = tracker.facts();
  const TrackerCounts& counts = facts.counts;
  EXPECT_EQ(counts.packets, counts.tracked + counts.without_ip);
  EXPECT_GE(counts.hits + counts.misses, counts.tracked) << "some may wait";
  EXPECT_LE(counts.misses, counts.flows_started);
  EXPECT_EQ(facts.flows, counts.flows_started - counts.flows_ended);
  EXPECT_EQ(std::accumulate(facts.flows_by_protocol.begin(), facts.flows_by_protocol.end(),
                            std::size_t{0}),
            facts.flows);
  EXPECT_EQ(facts.memory, tracker.memory());
  EXPECT_EQ(facts.first.has_value(), facts.last.has_value());
}

TEST(TrackerFacts, OfNothingAreNothing) {
  Feed feed;
  const TrackerFacts facts = feed.tracker.facts();
  EXPECT_EQ(facts.counts.packets, 0U);
  EXPECT_EQ(facts.flows, 0U);
  EXPECT_FALSE(facts.first.has_value());
  EXPECT_FALSE(facts.last.has_value());
  EXPECT_FALSE(facts.reaping.has_value()) << "there is no clock";
  EXPECT_EQ(facts.packets_per_second(), 0.0);
  EXPECT_GT(facts.memory, 0U);
}

TEST(TrackerFacts, CountPacketsBytesAndFlags) {
  Connection connection;
  connection.open();
  connection.client(psh | ack, 1s, 100);
  connection.server(fin | ack, 2s);
  connection.client(fin | ack, 3s);
  connection.send({.source_port = 1, .protocol = udp, .payload = 50}, 4s);
  const TrackerFacts facts = connection.tracker.facts();
  EXPECT_EQ(facts.counts.packets, 7U);
  EXPECT_EQ(facts.counts.frame_bytes, 6 * (14 + 20 + 20) + 100 + (14 + 20 + 8) + 50U);
  EXPECT_EQ(facts.counts.syn_packets, 2U);
  EXPECT_EQ(facts.counts.fin_packets, 2U);
  EXPECT_EQ(facts.counts.hits, 5U);
  EXPECT_EQ(facts.counts.misses, 2U);
  EXPECT_EQ(facts.flows, 2U);
  EXPECT_EQ(facts.flows_by_protocol[tcp], 1U);
  EXPECT_EQ(facts.flows_by_protocol[udp], 1U);
  EXPECT_EQ(facts.first, at(0s));
  EXPECT_EQ(facts.last, at(4s));
  EXPECT_DOUBLE_EQ(facts.packets_per_second(), 7.0 / 4);
}

TEST(TrackerFacts, CountBytesOfPacketsWithoutIp) {
  Feed feed;
  const std::vector<std::uint8_t> arp(60, 0xff);
  feed.tracker.add(packet_of(arp, at(0s)));
  feed.send({}, 1s);
  const TrackerCounts counts = feed.tracker.counts();
  EXPECT_EQ(counts.without_ip, 1U);
  EXPECT_EQ(counts.frame_bytes, 60U + 54);
  EXPECT_EQ(counts.hits + counts.misses, 1U) << "it is not looked up";
}

TEST(TrackerFacts, CountWhatWaitsWhenItIsDecided) {
  Connection connection;
  connection.open();
  const std::uint32_t begin = connection.client_next + 0x20000000;
  connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
  const TrackerCounts waiting = connection.tracker.counts();
  EXPECT_EQ(waiting.tracked, 3U);
  EXPECT_EQ(waiting.frame_bytes, 3 * 54U);
  EXPECT_EQ(waiting.hits + waiting.misses, 4U);
  EXPECT_EQ(waiting.syn_packets, 3U);
  connection.stray_client({.tcp_flags = syn, .sequence = begin}, 6s);
  connection.tracker.finish();
  const TrackerCounts counts = connection.tracker.counts();
  EXPECT_EQ(counts.tracked, 5U);
  EXPECT_EQ(counts.frame_bytes, 5 * 54U);
  EXPECT_EQ(counts.hits + counts.misses, 5U);
}

TEST(TrackerFacts, MissWhereAConnectionFollowsOneThatIsOver) {
  Feed feed;
  feed.send({.source_port = 1, .tcp_flags = syn, .sequence = 1}, 0s);
  feed.send({.source_port = 1, .tcp_flags = rst, .sequence = 2}, 1s);
  feed.send({.source_port = 1, .tcp_flags = syn, .sequence = 70'000}, 2s);
  EXPECT_EQ(feed.tracker.counts().flows_started, 2U);
  EXPECT_EQ(feed.tracker.counts().misses, 2U);
  EXPECT_EQ(feed.tracker.counts().hits, 1U);
}

TEST(TrackerFacts, HitTheFlowThatTheActiveTimeoutHasCut) {
  Feed feed{{.active = 10s}};
  feed.send({}, 0s);
  feed.send({}, 11s);
  EXPECT_EQ(feed.tracker.counts().flows_started, 2U);
  EXPECT_EQ(feed.tracker.counts().misses, 1U);
  EXPECT_EQ(feed.tracker.counts().hits, 1U);
}

TEST(TrackerFacts, TakeTheTimeFromPacketsThatAreNotWild) {
  Feed feed;
  feed.send({}, 24h * 365);
  feed.send({}, 10s);  // so the one before was
  feed.send({}, 8s);
  feed.send({}, 24h * 365);
  feed.send({}, 14s);  // and that
  const TrackerFacts facts = feed.tracker.facts();
  EXPECT_EQ(facts.counts.outlier, 2U);
  EXPECT_EQ(facts.first, at(10s));
  EXPECT_EQ(facts.last, at(14s));
  EXPECT_DOUBLE_EQ(facts.packets_per_second(), 5.0 / 4);
}

TEST(TrackerFacts, TakeTheTimeFromPacketsNotFromWhatIsTold) {
  Feed feed;
  feed.tracker.advance(at(0s));
  EXPECT_FALSE(feed.tracker.facts().first.has_value());
  feed.send({}, 5s);
  feed.tracker.advance(at(100s));
  EXPECT_EQ(feed.tracker.facts().first, at(5s));
  EXPECT_EQ(feed.tracker.facts().last, at(5s));
  EXPECT_EQ(feed.tracker.facts().packets_per_second(), 0.0);
}

TEST(TrackerFacts, HaveNoRateWhereNoTimeHasPassedAndAreExactWhereAllHas) {
  Feed feed;
  feed.send({}, 0s);
  feed.send({}, 0s);
  EXPECT_EQ(feed.tracker.facts().packets_per_second(), 0.0);
  const auto frame = make_frame({});
  Recorder recorder;
  Tracker tracker{recorder};
  const Packet all[] = {packet_of(frame, Timestamp::min()), packet_of(frame, Timestamp::max()),
                        packet_of(frame, Timestamp::max())};
  tracker.add(all);
  EXPECT_NEAR(tracker.facts().packets_per_second(), 3 / 18446744073.7, 1e-12);
}

/// A clock that goes on by a microsecond whenever somebody looks at it.
Duration patient_clock() noexcept {
  static Duration now{};
  return now += 1us;
}

TEST(TrackerFacts, MeasureReapingByTheClockTheyAreGiven) {
  Feed feed{{.idle = 1s, .clock = &patient_clock}};
  EXPECT_EQ(feed.tracker.facts().reaping, Duration{0});
  for (int i = 0; i < 321; ++i) {
    feed.send({.source_port = static_cast<std::uint16_t>(i), .protocol = udp}, i * 2s);
  }
  EXPECT_EQ(feed.tracker.counts().flows_ended, 320U);
  EXPECT_EQ(feed.tracker.facts().reaping, 320us) << "one in 16 is measured, and all are alike";
}

TEST(TrackerFacts, OfEveryCaptureAgreeWithItsPackets) {
  std::uint64_t syns = 0;
  for (const auto& entry : fs::recursive_directory_iterator{WEIR_CAPTURES}) {
    if (!entry.is_regular_file()) continue;
    Recorder recorder;
    Tracker tracker{recorder, {.active = 5s, .max_flows = 20}};
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    try {
      savefile::Reader reader{entry.path().string()};
      for (const Packet& packet : reader) {
        ++packets;
        bytes += packet.wire_length;
        tracker.add(packet);
        expect_identities(tracker);
      }
    } catch (const Error&) {  // damaged, or no capture
    }
    tracker.finish();
    expect_identities(tracker);
    const TrackerCounts counts = tracker.counts();
    EXPECT_EQ(counts.packets, packets) << entry.path();
    EXPECT_EQ(counts.frame_bytes, bytes) << entry.path();
    EXPECT_EQ(counts.hits + counts.misses, counts.tracked) << entry.path();
    syns += counts.syn_packets;
  }
  EXPECT_GT(syns, 20U);
}

}  // namespace
}  // namespace weir::flow::test
