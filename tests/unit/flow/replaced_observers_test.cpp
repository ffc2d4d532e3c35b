// Observers that come and go in the middle of what they are told, and that call their tracker.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>

#include "connection.h"
#include "weir/error.h"

namespace weir::flow::test {
namespace {

/// Counts what it is told, and does something then.
class Acting : public Observer {
 public:
  using Act = std::function<void()>;

  void on_start(const Flow&) override { tell(starts, at_start); }
  [[nodiscard]] bool wants_packets() const noexcept override { return has_interest; }
  void on_packet(const Flow&, const Packet& packet, bool) override {
    last = packet.timestamp;
    tell(packets, at_packet);
  }
  void on_end(const Flow&, EndReason) override { tell(ends, at_end); }
  void on_finish() override { tell(finishes, at_finish); }

  bool has_interest = false;
  int starts = 0;
  int packets = 0;
  int ends = 0;
  int finishes = 0;
  Timestamp last{};
  Act at_start{};
  Act at_packet{};
  Act at_end{};
  Act at_finish{};

 private:
  static void tell(int& count, const Act& act) {
    ++count;
    if (act) Act{act}();  // a copy: the act may destroy this
  }
};

FrameFields numbered(int number) {
  return {.source_port = static_cast<std::uint16_t>(1000 + number), .protocol = udp};
}

TEST(ReplacedObservers, HearWhatComesAfterTheEventUnderWay) {
  for (const bool attaches_first : {true, false}) {
    Acting old;
    Acting next;
    Tracker tracker{old};
    old.at_start = [&] {
      if (attaches_first) tracker.attach(next);
      tracker.detach(old);
      if (!attaches_first) tracker.attach(next);
    };
    const auto one = make_frame(numbered(1));
    const auto other = make_frame(numbered(2));
    const Packet batch[] = {packet_of(one, at(0s)), packet_of(other, at(1s)),
                            packet_of(other, at(2s))};
    tracker.add(batch);
    tracker.finish();
    EXPECT_EQ(old.starts, 1);
    EXPECT_EQ(old.ends, 0);
    EXPECT_EQ(next.starts, 1) << "of the second flow";
    EXPECT_EQ(next.ends, 2);
    EXPECT_EQ(next.finishes, 1);
  }
}

TEST(ReplacedObservers, HearNothingOfTheEventThatTheyAreDetachedIn) {
  Acting first;
  Acting second;
  Acting third;
  Acting late;
  Tracker tracker{first};
  tracker.attach(second);
  tracker.attach(third);
  first.at_start = [&] {
    tracker.detach(second);
    tracker.attach(late);
    tracker.attach(second);  // again, from the next event on
    first.at_start = {};
  };
  for (int i = 0; i < 2; ++i) {
    const auto frame = make_frame(numbered(i));
    tracker.add(packet_of(frame, at(i * 1s)));
    EXPECT_EQ(first.starts, i + 1);
    EXPECT_EQ(second.starts, i);
    EXPECT_EQ(third.starts, i + 1);
    EXPECT_EQ(late.starts, i);
  }
}

TEST(ReplacedObservers, MayBeNone) {
  Acting observer;
  Tracker tracker{observer, {.idle = 5s}};
  observer.at_start = [&] { tracker.detach(observer); };
  for (int i = 0; i < 20; ++i) {
    const auto frame = make_frame(numbered(i));
    tracker.add(packet_of(frame, at(i * 1s)));
  }
  EXPECT_EQ(observer.starts, 1);
  EXPECT_EQ(tracker.counts().flows_started, 20U);
  EXPECT_EQ(tracker.counts().flows_ended, 15U);
  Acting late;
  tracker.attach(late);
  tracker.finish();
  EXPECT_EQ(observer.ends, 0);
  EXPECT_EQ(late.ends, 5);
  EXPECT_EQ(tracker.counts().flows_ended, 20U);
}

TEST(ReplacedObservers, MayDestroyThemselves) {
  for (const bool has_company : {false, true}) {
    auto observer = std::make_unique<Acting>();
    Acting company;
    Tracker tracker{*observer};
    if (has_company) tracker.attach(company);
    observer->at_start = [&] {
      tracker.detach(*observer);
      observer.reset();
    };
    const auto frame = make_frame({});
    tracker.add(packet_of(frame, at(0s)));
    tracker.finish();
    EXPECT_EQ(observer, nullptr);
    EXPECT_EQ(company.starts, has_company ? 1 : 0);
    EXPECT_EQ(company.ends, has_company ? 1 : 0);
  }
}

TEST(ReplacedObservers, LeaveInTheMiddleOfFinish) {
  Acting leaves;
  Acting stays;
  Tracker tracker{leaves};
  tracker.attach(stays);
  leaves.at_end = [&] { tracker.detach(leaves); };
  for (int i = 0; i < 10; ++i) {
    const auto frame = make_frame(numbered(i));
    tracker.add(packet_of(frame, at(i * 1s)));
  }
  tracker.finish();
  EXPECT_EQ(leaves.ends, 1);
  EXPECT_EQ(leaves.finishes, 0);
  EXPECT_EQ(stays.ends, 10);
  EXPECT_EQ(stays.finishes, 1);
  EXPECT_EQ(tracker.size(), 0U);
}

TEST(ReplacedObservers, MayLeaveAndThrowAtOnce) {
  Acting throws;
  Acting stays;
  Tracker tracker{throws};
  tracker.attach(stays);
  throws.at_start = [&] {
    tracker.detach(throws);
    throw std::runtime_error{"full"};
  };
  const auto frame = make_frame({});
  EXPECT_THROW(tracker.add(packet_of(frame, at(0s))), std::runtime_error);
  tracker.finish();
  EXPECT_EQ(stays.starts, 1);
  EXPECT_EQ(stays.ends, 1);
}

TEST(ReplacedObservers, AreHandedPacketsFromTheNextOn) {
  for (int begins = 0; begins < 100; ++begins) {
    Acting asks;
    asks.has_interest = true;
    Acting attaches;
    Tracker tracker{attaches};
    attaches.at_start = [&] {
      if (attaches.starts == begins + 1) tracker.attach(asks);
    };
    std::vector<std::vector<std::uint8_t>> frames;
    std::vector<Packet> batch;
    for (int i = 0; i < 100; ++i) frames.push_back(make_frame(numbered(i)));
    for (int i = 0; i < 100; ++i) {
      batch.push_back(packet_of(frames[static_cast<std::size_t>(i)], at(i * 1s)));
    }
    tracker.add(batch);
    EXPECT_EQ(asks.packets, 99 - begins);
    EXPECT_EQ(tracker.counts().packets_untold, 0U);
    EXPECT_EQ(asks.last, asks.packets == 0 ? Timestamp{} : at(99s));
  }
}

// The one that waits is none of its group's, so those behind it stand one further.
TEST(ReplacedObservers, AreHandedThePacketsBehindOneThatWaits) {
  Acting asks;
  asks.has_interest = true;
  Acting attaches;
  Tracker tracker{attaches};
  attaches.at_start = [&] {
    if (attaches.starts == 1) tracker.attach(asks);
  };
  const auto frame = make_frame(numbered(1));
  std::vector<std::uint8_t> longer = frame;
  longer.resize(longer.size() + 100);
  Packet batch[] = {packet_of(frame, at(0s)), packet_of(frame, at(0s)), packet_of(frame, at(240h)),
                    packet_of(longer, {})};
  batch[3].flags = PacketFlags::no_timestamp;
  std::size_t size = 0;
  class Measures : public Observer {
   public:
    explicit Measures(std::size_t& size) : size_{size} {}
    [[nodiscard]] bool wants_packets() const noexcept override { return true; }
    void on_packet(const Flow&, const Packet& packet, bool) override { size_ = packet.data.size(); }

   private:
    std::size_t& size_;
  } measures{size};
  asks.at_packet = [&] {
    if (asks.packets == 1) tracker.attach(measures);
  };
  tracker.add(batch);
  EXPECT_EQ(asks.packets, 2) << "the second and the last";
  EXPECT_EQ(size, longer.size());
}

TEST(ReplacedObservers, ThatAskedForPacketsMayLeaveAtTheirStart) {
  Acting asks;
  asks.has_interest = true;
  Tracker tracker{asks};
  asks.at_start = [&] { tracker.detach(asks); };
  const auto frame = make_frame({});
  const Packet batch[] = {packet_of(frame, at(0s)), packet_of(frame, at(1s))};
  tracker.add(batch);
  EXPECT_EQ(asks.packets, 0);
  EXPECT_EQ(tracker.counts().tracked, 2U);
}

TEST(ReplacedObservers, AreHandedWhatWaitedForADecision) {
  Acting old;
  old.has_interest = true;
  Acting next;
  next.has_interest = true;
  Connection connection;
  connection.tracker.attach(old);
  connection.open();
  const std::uint32_t begin = connection.client_next + 0x20000000;
  connection.stray_client({.tcp_flags = syn, .sequence = begin}, 5s);
  connection.tracker.attach(next);
  connection.tracker.detach(old);
  connection.client(psh | ack, 7s, 10);
  EXPECT_EQ(old.packets, 3);
  EXPECT_EQ(next.packets, 2);
}

/// Everything that is refused in a callback.
std::vector<std::function<void(Tracker&)>> refused_calls() {
  return {[](Tracker& tracker) { tracker.add(std::span<const Packet>{}); },
          [](Tracker& tracker) { tracker.advance(at(5s)); },
          [](Tracker& tracker) { tracker.finish(); },
          [](Tracker& tracker) { (void)tracker.find(tcp, client_end, server_end); },
          [](Tracker& tracker) { (void)tracker.flows(); },
          [](Tracker& tracker) { (void)tracker.top(1, Order::packets); }};
}

TEST(CallsFromCallbacks, AreRefusedByAnErrorThatLeavesTheTracker) {
  for (const auto& call : refused_calls()) {
    for (auto when : {&Acting::at_start, &Acting::at_packet, &Acting::at_end, &Acting::at_finish}) {
      Acting observer;
      observer.has_interest = true;
      Tracker tracker{observer};
      observer.*when = [&] {
        (observer.*when) = {};
        call(tracker);
      };
      const auto frame = make_frame({});
      const auto run = [&] {
        tracker.add(packet_of(frame, at(0s)));
        tracker.finish();
      };
      try {
        run();
        ADD_FAILURE() << "not refused";
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      }
      EXPECT_NO_THROW(run()) << "the next call is none from a callback";
      EXPECT_EQ(tracker.size(), 0U);
      EXPECT_EQ(tracker.counts().flows_started, tracker.counts().flows_ended);
    }
  }
}

TEST(CallsFromCallbacks, ThatOnlyCountAreAnswered) {
  Acting observer;
  Tracker tracker{observer};
  const auto frame = make_frame({});
  observer.at_start = [&] {
    EXPECT_EQ(tracker.size(), 1U);
    EXPECT_EQ(tracker.size(tcp), 1U);
    EXPECT_EQ(tracker.counts().packets, 1U);
    EXPECT_EQ(tracker.facts().flows, 1U);
    EXPECT_EQ(tracker.facts().memory, tracker.memory());
    EXPECT_EQ(tracker.history_counts().packets, 0U);
    EXPECT_EQ(tracker.history_packets(tcp), 0U);
  };
  tracker.add(packet_of(frame, at(0s)));
  EXPECT_EQ(observer.starts, 1);
}

}  // namespace
}  // namespace weir::flow::test
