// Clocks that go wrong in the middle of a file, timeouts at the ends of their range, and observers
// that fail: everything is counted, nothing is told twice.
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <stdexcept>

#include "frames.h"
#include "weir/error.h"

namespace weir::flow::test {
namespace {

FrameFields of_port(int port) {
  return {.source_port = static_cast<std::uint16_t>(1000 + port), .protocol = udp};
}

/// All that is kept and told at once.
TrackerOptions everything() {
  return {.idle = 30s, .active = 20s, .fin = 5s, .rates = 1s, .seconds = true};
}

class Sums : public Recorder {
 public:
  void on_second(Timestamp, std::uint64_t passed) override { seconds += passed; }
  [[nodiscard]] bool wants_packets() const noexcept override { return true; }
  void on_packet(const Flow&, const Packet&, bool) override { ++packets; }

  std::uint64_t seconds = 0;
  std::uint64_t packets = 0;
};

void expect_all_told(const Tracker& tracker, const Sums& sums) {
  const TrackerFacts facts = tracker.facts();
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  for (const EndedFlow& ended : sums.ended) {
    for (const Counters& side : {ended.flow().from_originator(), ended.flow().from_responder()}) {
      packets += side.packets;
      bytes += side.frame_bytes;
    }
  }
  EXPECT_EQ(facts.flows, 0U);
  EXPECT_EQ(sums.started.size(), facts.counts.flows_started);
  EXPECT_EQ(sums.ended.size(), facts.counts.flows_ended);
  EXPECT_EQ(packets, facts.counts.tracked);
  EXPECT_EQ(bytes, facts.counts.frame_bytes);
  EXPECT_EQ(sums.packets, facts.counts.tracked);
  EXPECT_EQ(facts.counts.hits + facts.counts.misses, facts.counts.tracked);
}

/// Packets of seven flows, each at the time that `time_of` says of its number.
template <class TimeOf>
void feed(Tracker& tracker, int packets, TimeOf time_of) {
  for (int i = 0; i < packets; ++i) {
    const auto frame = make_frame(of_port(i % 7));
    tracker.add(packet_of(frame, time_of(i)));
  }
}

TEST(BadClock, BackByADayLosesNothing) {
  Sums sums;
  Tracker tracker{sums, everything()};
  feed(tracker, 300,
       [](int i) { return at(i * 100ms) - (i >= 100 && i < 200 ? Duration{24h} : 0s); });
  EXPECT_EQ(sums.seconds, 29U) << "as often as the clock got further";
  EXPECT_EQ(tracker.counts().backward, 100U);
  EXPECT_EQ(tracker.facts().first, at(0s));
  EXPECT_EQ(tracker.facts().last, at(29900ms));
  EXPECT_NEAR(tracker.facts().packets_per_second(), 300 / 29.9, 1e-9);
  tracker.finish();
  expect_all_told(tracker, sums);
}

TEST(BadClock, BackForGoodLosesNothing) {
  Sums sums;
  Tracker tracker{sums, everything()};
  feed(tracker, 200, [](int i) { return at(i * 100ms) - (i >= 100 ? Duration{24h} : 0s); });
  EXPECT_EQ(tracker.size(), 7U) << "time stands";
  EXPECT_EQ(sums.seconds, 9U);
  tracker.finish();
  expect_all_told(tracker, sums);
}

TEST(BadClock, APacketOf1970InTheMiddleIsBackward) {
  Sums sums;
  Tracker tracker{sums, everything()};
  feed(tracker, 100, [](int i) { return i == 50 ? Timestamp{5s} : at(i * 100ms); });
  EXPECT_EQ(tracker.counts().backward, 1U);
  EXPECT_EQ(tracker.counts().outlier, 0U);
  EXPECT_EQ(tracker.facts().first, at(0s));
  EXPECT_NEAR(tracker.facts().packets_per_second(), 100 / 9.9, 1e-9);
  EXPECT_EQ(sums.seconds, 9U);
  EXPECT_EQ(tracker.size(), 7U) << "no flow ended for it";
  tracker.finish();
  expect_all_told(tracker, sums);
}

TEST(BadClock, APacketOf1970AtTheBeginningIsNotTheTime) {
  Sums sums;
  Tracker tracker{sums, everything()};
  feed(tracker, 100, [](int i) { return i == 0 ? Timestamp{5s} : at(i * 100ms); });
  // The second may be wild; the third agrees with it, so that the first was long ago.
  EXPECT_EQ(tracker.facts().last, at(9900ms));
  EXPECT_EQ(tracker.facts().counts.outlier, 0U);
  tracker.finish();
  expect_all_told(tracker, sums);
}

TEST(BadTimeouts, OfNothingAndOfForeverEndWhatTheySay) {
  const Duration longest{std::numeric_limits<Duration::rep>::max()};  // 2^63 - 1 ns
  const Duration values[] = {0s, Duration::min(), -1ns, 1ns, longest - 1ns, longest};
  for (const Duration idle : values) {
    for (const Duration active : values) {
      for (const Duration other : values) {
        Sums sums;
        Tracker tracker{
            sums, {.idle = idle, .active = active, .fin = other, .rates = other, .seconds = true}};
        for (int i = 0; i < 20; ++i) {
          FrameFields fields = of_port(i % 3);
          fields.protocol = tcp;
          fields.tcp_flags = i % 5 == 4 ? rst : ack;
          const auto frame = make_frame(fields);
          tracker.add(packet_of(frame, at(i * 1s)));
        }
        const bool is_timed = idle == 1ns || active == 1ns;
        if (is_timed) {
          EXPECT_GT(sums.ended.size(), 15U);
        } else if (other != 1ns) {
          EXPECT_EQ(sums.ended.size(), 0U);
        }
        EXPECT_EQ(sums.seconds, 19U);
        tracker.finish();
        expect_all_told(tracker, sums);
      }
    }
  }
}

/// Throws at random, and sometimes calls what it must not.
class Failing : public Sums {
 public:
  explicit Failing(unsigned seed) : random_{seed} {}
  void on_start(const Flow& flow) override {
    Sums::on_start(flow);
    fail();
  }
  void on_packet(const Flow& flow, const Packet& packet, bool is_from_originator) override {
    Sums::on_packet(flow, packet, is_from_originator);
    fail();
  }
  void on_end(const Flow& flow, EndReason reason) override {
    Sums::on_end(flow, reason);
    fail();
  }
  void on_second(Timestamp begin, std::uint64_t passed) override {
    Sums::on_second(begin, passed);
    fail();
  }
  void on_finish() override {
    Sums::on_finish();
    fail();
  }

  Tracker* tracker = nullptr;
  bool is_calm = false;

 private:
  void fail() {
    if (is_calm) return;
    switch (random_() % 16) {
      case 0:
        throw std::runtime_error{"full"};
      case 1:
        tracker->finish();
        break;
      case 2:
        tracker->advance(at(1000h));
        break;
      case 3:
        tracker->detach(*this);
        tracker->attach(*this);
        break;
      default:
        break;
    }
  }

  std::mt19937 random_;
};

TEST(BadObservers, ThatFailAtAnythingLeaveATrackerThatAddsUp) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    Failing failing{seed};
    Recorder calm;
    TrackerOptions options = everything();
    options.max_flows = seed % 2 == 0 ? 5 : 100;
    Tracker tracker{failing, options};
    failing.tracker = &tracker;
    tracker.attach(calm);
    std::mt19937 random{seed};
    std::uint64_t thrown = 0;
    const auto guarded = [&](auto&& call) {
      try {
        call();
      } catch (const std::runtime_error&) {  // an Error is one, too
        ++thrown;
      }
    };
    Duration now = 0s;
    for (int i = 0; i < 400; ++i) {
      FrameFields fields = of_port(static_cast<int>(random() % 9));
      fields.protocol = tcp;
      fields.tcp_flags = random() % 8 == 0 ? syn : random() % 8 == 0 ? fin | ack : ack;
      fields.sequence = static_cast<std::uint32_t>(random());
      now += Duration{random() % 2'000'000'000U};
      const auto frame = make_frame(fields);
      guarded([&] { tracker.add(packet_of(frame, at(now))); });
    }
    failing.is_calm = true;
    guarded([&] { tracker.finish(); });
    EXPECT_GT(thrown, 30U);
    const TrackerFacts facts = tracker.facts();
    EXPECT_EQ(facts.flows, 0U);
    EXPECT_EQ(calm.started.size(), facts.counts.flows_started);
    EXPECT_EQ(calm.ended.size(), facts.counts.flows_ended);
    EXPECT_EQ(facts.counts.flows_started, facts.counts.flows_ended);
    EXPECT_GE(facts.counts.hits + facts.counts.misses, facts.counts.tracked);
    EXPECT_LE(facts.counts.packets, 400U);
    std::uint64_t packets = 0;
    for (const EndedFlow& ended : calm.ended) {
      packets += ended.flow().from_originator().packets + ended.flow().from_responder().packets;
    }
    EXPECT_EQ(packets, facts.counts.tracked) << "what is not counted is in no flow";
  }
}

TEST(BadObservers, MayBeGoneBeforeTheTracker) {
  const auto frame = make_frame({});
  auto gone = std::make_unique<Sums>();
  Tracker tracker{*gone};
  tracker.add(packet_of(frame, at(0s)));
  tracker.detach(*gone);
  gone.reset();
  tracker.add(packet_of(frame, at(1s)));
  tracker.finish();
  EXPECT_EQ(tracker.counts().flows_ended, 1U);
}

}  // namespace
}  // namespace weir::flow::test
