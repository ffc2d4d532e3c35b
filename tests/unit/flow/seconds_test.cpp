// The call each second of the packets' clock: once for each, whatever the clock does.
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

#include "frames.h"
#include "weir/error.h"

namespace weir::flow::test {
namespace {

using Call = std::pair<Timestamp, std::uint64_t>;
using Calls = std::vector<Call>;

class Ticking : public Observer {
 public:
  void on_end(const Flow&, EndReason) override { ++ended; }
  void on_second(Timestamp begin, std::uint64_t passed) override {
    calls.emplace_back(begin, passed);
    sum += passed;
    ended_before.push_back(ended);
  }

  Calls calls;
  std::uint64_t sum = 0;
  int ended = 0;
  std::vector<int> ended_before;
};

/// A tracker that tells of seconds, and is sent packets of one flow.
class Clocked {
 public:
  explicit Clocked(const TrackerOptions& options = {.idle = 0s, .fin = 0s, .seconds = true})
      : tracker{observer, options} {}
  void send(Timestamp time) { tracker.add(packet_of(frame_, time)); }
  void send(Duration since) { send(at(since)); }

  Ticking observer;
  Tracker tracker;

 private:
  std::vector<std::uint8_t> frame_ = make_frame({.protocol = udp});
};

TEST(Seconds, AreNotToldUnlessAskedFor) {
  Clocked clocked{TrackerOptions{}};
  for (int i = 0; i < 10; ++i) clocked.send(i * 1s);
  EXPECT_TRUE(clocked.observer.calls.empty());
}

TEST(Seconds, AreNoneBeforeThereIsATime) {
  Clocked clocked;
  const auto frame = make_frame({});
  Packet untimed = packet_of(frame, Timestamp{});
  untimed.flags = PacketFlags::no_timestamp;
  clocked.tracker.add(untimed);
  clocked.send(100 * 365 * 24h);
  EXPECT_TRUE(clocked.observer.calls.empty());
  clocked.send(100 * 365 * 24h + 1s);
  EXPECT_EQ(clocked.observer.sum, 1U);
}

TEST(Seconds, GoOnWhereTheVeryFirstTimeWasTheLastThereIs) {
  Clocked clocked;
  clocked.send(Timestamp::max());
  for (int i = 0; i < 4; ++i) clocked.send(i * 1s);
  EXPECT_EQ(clocked.observer.sum, 3U);
}

TEST(Seconds, AreToldOnceEach) {
  Clocked clocked;
  for (const Duration time : {200ms, 500ms, 999ms, 1000ms, 1000ms, 1900ms, 2100ms}) {
    clocked.send(time);
  }
  EXPECT_EQ(clocked.observer.calls, (Calls{{at(1s), 1}, {at(2s), 1}}));
}

TEST(Seconds, OfAJumpAreToldInOneCall) {
  Clocked clocked;
  clocked.send(500ms);
  clocked.send(10s + 200ms);
  clocked.send(11s);
  clocked.tracker.advance(at(20h));
  EXPECT_EQ(clocked.observer.calls,
            (Calls{{at(10s), 10}, {at(11s), 1}, {at(20h), 20 * 3600 - 11}}));
}

TEST(Seconds, AreToldOfSilenceToo) {
  Clocked clocked;
  clocked.tracker.advance(at(1s));
  clocked.tracker.advance(at(2s));
  clocked.tracker.advance(at(2s));
  clocked.send(3s);
  clocked.tracker.advance(at(2s));
  EXPECT_EQ(clocked.observer.calls, (Calls{{at(2s), 1}, {at(3s), 1}}));
}

TEST(Seconds, AreNotToldOfStepsBackNorAgainAfterThem) {
  Clocked clocked;
  clocked.send(10s);
  clocked.send(11s);
  clocked.send(-24h);         // a day back
  clocked.send(Timestamp{});  // in the year 1970
  for (int i = 0; i <= 11; ++i) clocked.send(i * 1s);
  clocked.send(12s);
  EXPECT_EQ(clocked.observer.calls, (Calls{{at(11s), 1}, {at(12s), 1}}));
}

TEST(Seconds, AreNotToldOfWildTimes) {
  Clocked clocked;
  clocked.send(24h * 365);  // the very first, too
  clocked.send(500ms);
  clocked.send(1s);
  clocked.send(24h * 365);
  clocked.send(2s);
  EXPECT_EQ(clocked.observer.calls, (Calls{{at(1s), 1}, {at(2s), 1}}));
}

TEST(Seconds, AreToldAfterWhatWasDueAndBeforeThePacket) {
  Clocked clocked{TrackerOptions{.idle = 1s, .seconds = true}};
  clocked.send(100ms);
  clocked.send(2s);
  EXPECT_EQ(clocked.observer.calls, (Calls{{at(2s), 2}}));
  EXPECT_EQ(clocked.observer.ended_before, std::vector<int>{1});
}

TEST(Seconds, GoOnAfterFinish) {
  Clocked clocked;
  clocked.send(0s);
  clocked.send(1s);
  clocked.tracker.finish();
  EXPECT_EQ(clocked.observer.calls.size(), 1U) << "finish() is no time";
  clocked.send(1s + 1ms);
  clocked.send(3s);
  EXPECT_EQ(clocked.observer.calls, (Calls{{at(1s), 1}, {at(3s), 2}}));
}

TEST(Seconds, AreWholeBeforeTheYear1970AndAtTheEndsOfTime) {
  Clocked early;
  early.send(Timestamp{-1500ms});
  early.send(Timestamp{-1000ms});
  early.send(Timestamp{-1ms});
  early.send(Timestamp{0ms});
  EXPECT_EQ(early.observer.calls, (Calls{{Timestamp{-1s}, 1}, {Timestamp{0s}, 1}}));

  Clocked all;
  all.send(Timestamp::min());
  const auto frame = make_frame({});
  const Packet last[] = {packet_of(frame, Timestamp::max()), packet_of(frame, Timestamp::max())};
  all.tracker.add(last);
  all.tracker.advance(Timestamp::max());
  EXPECT_EQ(all.observer.calls, (Calls{{Timestamp{9'223'372'036s}, 18'446'744'073}}));
}

TEST(Seconds, AreToldOnceEachByAnyWalk) {
  std::mt19937 random{7};
  for (int round = 0; round < 50; ++round) {
    Clocked clocked{{.idle = 3s, .active = 2s, .seconds = true}};
    Timestamp now = at(0s);
    clocked.send(now);
    Timestamp latest = now;
    for (int i = 0; i < 200; ++i) {
      now += Duration{static_cast<int>(random() % 3'000'000'000U)} - 700ms;
      latest = std::max(latest, now);
      clocked.send(now);
    }
    const auto seconds = std::chrono::floor<std::chrono::seconds>(latest) - at(0s);
    EXPECT_EQ(clocked.observer.sum, static_cast<std::uint64_t>(seconds / 1s));
    EXPECT_TRUE(std::ranges::is_sorted(clocked.observer.calls));
  }
}

TEST(Seconds, AreToldOnceAlsoWhereObserversThrow) {
  class Throws : public Ticking {
   public:
    void on_end(const Flow&, EndReason) override { throw std::runtime_error{"end"}; }
    void on_second(Timestamp begin, std::uint64_t passed) override {
      Ticking::on_second(begin, passed);
      throw std::runtime_error{"second"};
    }
  } observer;
  Tracker tracker{observer, {.idle = 2s, .seconds = true}};
  const auto frame = make_frame({});
  int thrown = 0;
  for (int i = 0; i <= 100; ++i) {
    try {
      tracker.add(packet_of(frame, at(i * 1s)));
    } catch (const std::runtime_error&) {
      ++thrown;
    }
  }
  while (tracker.size() != 0) {
    try {
      tracker.finish();
    } catch (const std::runtime_error&) {
      ++thrown;
    }
  }
  EXPECT_GE(thrown, 100);
  EXPECT_EQ(observer.sum, 100U);
}

TEST(Seconds, MayNotCallTheTracker) {
  class Recurses : public Observer {
   public:
    void on_second(Timestamp, std::uint64_t) override { tracker->advance(at(5s)); }
    Tracker* tracker = nullptr;
  } observer;
  Tracker tracker{observer, {.seconds = true}};
  observer.tracker = &tracker;
  tracker.advance(at(0s));
  EXPECT_THROW(tracker.advance(at(1s)), Error);
  EXPECT_THROW(tracker.advance(at(2s)), Error);
}

}  // namespace
}  // namespace weir::flow::test
