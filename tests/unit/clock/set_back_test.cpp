// A clock that is set back a day and put right again, as flows, a series of files and one file see
// the same packets.
#include "unit/flow/frames.h"
#include "unit/savefile/series/series.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using savefile::Format;
using savefile::RotatingWriter;
using savefile::Writer;

constexpr std::size_t packets_between_steps = 150;
constexpr std::size_t batch_size = 7;  // no step falls between two batches

const Timestamp noon = std::chrono::sys_days{std::chrono::year{2023} / 11 / 14} + 12h;

/// A packet a second: the clock is right, then a day behind, then right again.
class ClockSetBack : public Series {
 protected:
  ClockSetBack() {
    for (std::size_t i = 0; i < 3 * packets_between_steps; ++i) {
      const bool behind = i / packets_between_steps == 1;
      const bool is_brief = behind && i % 2 == 0;
      frames_.push_back(flow::test::make_frame({.source_port = is_brief ? brief : lasting,
                                                .protocol = flow::test::udp,
                                                .payload = i % 50}));
      packets_.push_back(
          flow::test::packet_of(frames_.back(), noon + i * 1s - (behind ? 24h : 0h)));
    }
  }

  /// Hands over batches, and by `advance` the time of each, as a live command does.
  template <class Take, class Advance>
  void feed(Take take, Advance advance) const {
    for (std::size_t i = 0; i < packets_.size(); i += batch_size) {
      const auto batch = std::span{packets_}.subspan(i, std::min(batch_size, packets_.size() - i));
      take(batch);
      advance(batch.back().timestamp);
    }
  }

  /// In all three at once.
  void feed_all(flow::Tracker& tracker, RotatingWriter& series, Writer& file) const {
    const std::span interfaces{&interface_, 1};
    feed(
        [&](std::span<const Packet> batch) {
          tracker.add(batch);
          series.write(interfaces, batch);
          file.write(interfaces, batch);
        },
        [&](Timestamp now) {
          tracker.advance(now);
          series.advance(now);
          file.flush_if_due();
        });
    tracker.finish();
    series.close();
    file.close();
  }

  /// Whether a capture holds all packets, unchanged and in the order they came.
  void expect_all(const Outcome& outcome) const {
    ASSERT_EQ(outcome.packets.size(), packets_.size());
    for (std::size_t i = 0; i < packets_.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(outcome.at(i).data, frames_[i])) << i;
      EXPECT_EQ(outcome.at(i).timestamp, packets_[i].timestamp) << i;
    }
  }

  static constexpr std::uint16_t lasting = 1000;
  static constexpr std::uint16_t brief = 2000;
  std::vector<std::vector<std::uint8_t>> frames_;
  std::vector<Packet> packets_;
};

TEST_F(ClockSetBack, LosesNothingAndMakesFewFilesAndFlows) {
  flow::test::Recorder flows;
  flow::Tracker tracker{flows, {.idle = 30s}};
  RotatingWriter series{folder_.path("%d-%H%M.pcap"), {.format = Format::pcap}, {.period = 60s}};
  const TemporaryFolder elsewhere;
  Writer file{elsewhere.path("all.pcapng"), {}};
  feed_all(tracker, series, file);

  expect_all(read_all([&] { return savefile::Reader{elsewhere.path("all.pcapng")}; }));
  EXPECT_EQ(files(), (Files{{"13-1202.pcap", 30},
                            {"13-1203.pcap", 60},
                            {"13-1204.pcap", 60},
                            {"14-1200.pcap", 60},
                            {"14-1201.pcap", 60},
                            {"14-1202.pcap", 30},
                            {"14-1205.pcap", 60},
                            {"14-1206.pcap", 60},
                            {"14-1207.pcap", 30}}));
  const flow::TrackerCounts& counts = tracker.counts();
  EXPECT_EQ(counts.tracked, packets_.size());
  EXPECT_EQ(counts.backward, packets_between_steps);
  // While the clock is behind no time passes for flows; when it is right again, both were idle.
  ASSERT_EQ(flows.ended.size(), 3U);
  EXPECT_EQ(counts.flows_started, 3U);
}

TEST_F(ClockSetBack, GivesFlowsTheTimesOfTheirPackets) {
  flow::test::Recorder flows;
  flow::Tracker tracker{flows, {.idle = 30s}};
  feed([&](std::span<const Packet> batch) { tracker.add(batch); },
       [&](Timestamp now) { tracker.advance(now); });
  tracker.finish();
  std::ranges::sort(flows.ended, {}, [](const flow::test::EndedFlow& ended) {
    return std::pair{ended.flow().start(), ended.flow().end()};
  });
  struct Expected {
    std::uint64_t packets;
    Duration start;  // after noon
    Duration end;
  };
  const Expected expected[] = {
      {75, 150s - 24h, 298s - 24h}, {225, 151s - 24h, 149s}, {150, 300s, 449s}};
  ASSERT_EQ(flows.ended.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    const flow::Flow& ended = flows.ended[i].flow();
    EXPECT_EQ(ended.from_originator().packets, expected[i].packets) << i;
    EXPECT_EQ(ended.start() - noon, expected[i].start) << i;
    EXPECT_EQ(ended.end() - noon, expected[i].end) << i;
  }
}

}  // namespace
}  // namespace weir::test
