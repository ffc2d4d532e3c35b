// Exponentially weighted rates of flows, against the sum they stand for.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "connection.h"
#include "support/allocations.h"

namespace weir::flow::test {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>{duration}.count(); }

const Flow& live_flow(const Tracker& tracker) { return *tracker.flows().begin(); }

Rates rates_of(const Tracker& tracker) {
  return tracker.rates(live_flow(tracker))
      .value_or(Rates{.packets = -1, .bytes = -1, .ip_bytes = -1});
}

/// What the rates are by definition.
class Sum {
 public:
  explicit Sum(Duration constant) : constant_{seconds(constant)} {}
  void add(Duration time, std::size_t bytes) { packets_.emplace_back(seconds(time), bytes); }
  void expect(const Rates& rates, Duration now) const {
    double packets = 0;
    double bytes = 0;
    for (const auto& [time, size] : packets_) {
      const double weight = std::exp(-(seconds(now) - time) / constant_) / constant_;
      packets += weight;
      bytes += weight * static_cast<double>(size);
    }
    EXPECT_NEAR(rates.packets, packets, 1e-9 * packets);
    EXPECT_NEAR(rates.bytes, bytes, 1e-9 * bytes);
    // All are Ethernet's.
    EXPECT_NEAR(rates.ip_bytes, bytes - 14 * packets, 1e-9 * bytes);
  }

 private:
  double constant_;
  std::vector<std::pair<double, std::size_t>> packets_;
};

TEST(FlowRates, AreNotKeptUnlessAskedFor) {
  for (const Duration constant : {Duration::zero(), Duration{-1s}, Duration::min()}) {
    Feed without{{.active = 5s}};
    Feed feed{{.active = 5s, .rates = constant}};
    without.send({});
    feed.send({});
    EXPECT_FALSE(feed.tracker.rates(live_flow(feed.tracker)).has_value());
    EXPECT_EQ(feed.tracker.memory(), without.tracker.memory());
  }
}

TEST(FlowRates, TakeAFewBytesBesideTheRecord) {
  const auto memory = [](Duration constant) {
    Feed feed{{.rates = constant}};
    for (int i = 0; i < 4000; ++i) {
      feed.send({.source_port = static_cast<std::uint16_t>(i), .protocol = udp});
    }
    return feed.tracker.memory();
  };
  const std::size_t beside = memory(1s) - memory(0s);
  EXPECT_GE(beside, 4000U * 24);
  EXPECT_LE(beside, 4000U * 32 * 2);
}

TEST(FlowRates, AreTheSumOfWhatWasSentLessByTimeSince) {
  std::mt19937 random{3};
  for (const Duration constant : {Duration{100ms}, Duration{5s}, Duration{1h}}) {
    Feed feed{{.idle = 0s, .active = 3s, .fin = 0s, .rates = constant}};
    Sum sum{constant};
    Duration now = 0s;
    for (int i = 0; i < 300; ++i) {
      if (random() % 4 != 0) now += Duration{random() % 1'000'000'000};
      const std::size_t payload = random() % 1000;
      const FrameFields fields{.protocol = udp, .payload = payload};
      feed.send(random() % 2 == 0 ? fields : fields.reversed(), now);
      sum.add(now, 14 + 20 + 8 + payload);
      sum.expect(rates_of(feed.tracker), now);
      if (random() % 16 != 0) continue;
      now += Duration{random() % 1'000'000'000};
      feed.tracker.advance(at(now));
      if (feed.tracker.size() == 1) sum.expect(rates_of(feed.tracker), now);
    }
  }
}

TEST(FlowRates, OfASteadyStreamComeToItsRate) {
  Feed feed{{.rates = 1s}};
  for (int i = 0; i < 10'000; ++i) feed.send({.protocol = udp, .payload = 58}, i * 1ms);
  EXPECT_NEAR(rates_of(feed.tracker).packets, 1000, 1);
  EXPECT_NEAR(rates_of(feed.tracker).bytes, 100'000, 100);
  feed.tracker.advance(at(10s + 999ms));
  EXPECT_NEAR(rates_of(feed.tracker).packets, 1000 / std::exp(1), 1) << "a second of silence";
}

TEST(FlowRates, AreKnownWhenTheFlowEndsAndNotAfter) {
  class Asks : public Recorder {
   public:
    void on_start(const Flow& flow) override { expect(flow, 0.5); }
    void on_end(const Flow& flow, EndReason reason) override {
      Recorder::on_end(flow, reason);
      expect(flow, reason == EndReason::idle ? 0.5 * std::exp(-5.0) : 0.5);
    }
    const Tracker* tracker = nullptr;

   private:
    void expect(const Flow& flow, double packets) const {
      const std::optional<Rates> rates = tracker->rates(flow);
      ASSERT_TRUE(rates.has_value());
      EXPECT_NEAR(rates->packets, packets, 1e-9);
    }
  } asks;
  Tracker tracker{asks, {.idle = 10s, .rates = 2s}};
  asks.tracker = &tracker;
  const auto one = make_frame({.source_port = 1, .protocol = udp});
  const auto other = make_frame({.source_port = 2, .protocol = udp});
  tracker.add(packet_of(one, at(0s)));
  tracker.add(packet_of(other, at(10s)));
  ASSERT_EQ(asks.ended.size(), 1U);
  EXPECT_FALSE(tracker.rates(asks.ended[0].flow()).has_value());
  const OwnedFlow copy{live_flow(tracker)};
  EXPECT_TRUE(tracker.rates(copy.flow()).has_value()) << "of the flow, not of the copy";
  tracker.finish();
  ASSERT_EQ(asks.ended.size(), 2U);
  for (const EndedFlow& ended : asks.ended) {
    EXPECT_FALSE(tracker.rates(ended.flow()).has_value());
  }
}

TEST(FlowRates, CountWhatWaitedForWhomItWas) {
  for (const bool is_taken_up : {true, false}) {
    Connection connection{{.rates = 10s}};
    Sum old{10s};
    Sum claim{10s};
    connection.open();
    for (int i = 0; i < 3; ++i) old.add(0s, 54);
    const std::uint32_t begin = connection.client_next + 0x20000000;
    connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
    connection.stray_client({.tcp_flags = syn, .sequence = begin}, 6s);
    Sum& owner = is_taken_up ? claim : old;
    owner.add(5s, 54);
    owner.add(6s, 54);
    if (is_taken_up) {
      connection.stray_server({.tcp_flags = syn | ack, .sequence = 77, .acknowledgment = begin + 1},
                              7s);
    } else {
      connection.client(ack, 7s);
    }
    owner.add(7s, 54);
    owner.expect(rates_of(connection.tracker), 7s);
  }
}

TEST(FlowRates, BeginAnewWithEachFlowOfARecord) {
  Feed feed{{.max_flows = 1, .rates = 1s}};
  for (int i = 0; i < 10; ++i) {
    for (int packet = 0; packet <= i; ++packet) {
      feed.send({.source_port = static_cast<std::uint16_t>(i), .protocol = udp});
    }
    EXPECT_DOUBLE_EQ(rates_of(feed.tracker).packets, i + 1);
  }
}

TEST(FlowRates, StandWhereTimeGoesBackAndAreFiniteEverywhere) {
  Feed feed{{.idle = 0s, .rates = 1s}};
  feed.send({}, 24h * 365);  // wild
  feed.send({}, 0s);
  EXPECT_DOUBLE_EQ(rates_of(feed.tracker).packets, 2);
  feed.send({}, -24h);
  const auto of_1970 = make_frame({});
  feed.tracker.add(packet_of(of_1970, Timestamp{}));
  EXPECT_DOUBLE_EQ(rates_of(feed.tracker).packets, 4) << "they count at the present";
  for (const Duration constant : {Duration{1ns}, Duration::max()}) {
    Feed extreme{{.idle = 0s, .rates = constant}};
    const auto frame = make_frame({});
    for (const Timestamp time : {Timestamp::min(), Timestamp::max(), Timestamp::max()}) {
      extreme.tracker.add(packet_of(frame, time));
      const Rates rates = rates_of(extreme.tracker);
      EXPECT_TRUE(std::isfinite(rates.packets) && std::isfinite(rates.bytes));
      EXPECT_GE(rates.packets, 0);
    }
  }
}

TEST(FlowRates, AreAskedWithoutAnAllocation) {
  Feed feed{{.rates = 1s}};
  feed.send({});
  const Flow& flow = live_flow(feed.tracker);
  const std::size_t before = weir::test::allocation_count();
  for (int i = 0; i < 100; ++i) (void)feed.tracker.rates(flow);
  EXPECT_EQ(weir::test::allocation_count(), before);
}

}  // namespace
}  // namespace weir::flow::test
