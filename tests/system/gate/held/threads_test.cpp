// Many threads at held packets: takers, keepers, the clock. Each packet is decided exactly once.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "system/gate/held/holding.h"

namespace weir::test {
namespace {

using gate::HeldPacket;
using gate::VerdictResult;
using namespace std::chrono_literals;

using HeldThreads = HoldingTest;

/// Packets that handlers have moved away, for other threads to decide.
class Shelf {
 public:
  void put(HeldPacket&& packet) {
    const std::lock_guard lock{mutex_};
    packets_.push_back(std::move(packet));
  }
  std::vector<HeldPacket> take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(packets_, {});
  }

 private:
  std::mutex mutex_{};
  std::vector<HeldPacket> packets_{};
};

struct Outcomes {
  std::atomic<std::uint64_t> taken{0};
  std::atomic<std::uint64_t> late{0};
  void count(VerdictResult result) { ++(result == VerdictResult::taken ? taken : late); }
};

void decide(HeldPacket& packet, std::uint64_t number, Outcomes& outcomes) {
  if (number % 3 == 0) packet.edit()[30] ^= 1;
  outcomes.count(number % 3 == 0   ? packet.accept_modified()
                 : number % 3 == 1 ? packet.accept()
                                   : packet.drop());
}

TEST_F(HeldThreads, EachPacketIsDecidedOnce) {
  constexpr std::uint64_t batches = 150;
  constexpr std::uint64_t batch_size = 64;
  // Short enough for the clock to be first with many.
  const auto table = make_table({.deadline = 300us, .most_held = 500});
  std::atomic<bool> ends{false};
  Shelf shelf;
  Outcomes outcomes;

  const auto take = [&](gate::Lane& lane) {
    for (std::uint64_t round = 0; round < batches; ++round) {
      TakenBatch batch{lane, near};
      std::vector<gate::Slot*> slots;
      for (std::uint64_t i = 0; i < batch_size; ++i) {
        slots.push_back(batch.take(numbered_frame(i), {.outgoing = i % 2 == 0}));
      }
      // In some rounds clock and handlers come at the same time.
      const std::int64_t start = monotonic_now() + Duration{round % 3 * 100us}.count();
      while (monotonic_now() < start) std::this_thread::yield();
      for (std::uint64_t i = 0; i < batch_size; ++i) {
        if (slots[i] == nullptr) continue;
        HeldPacket packet = gate::Slot::handle(*slots[i]);
        if (i % 4 == 0) {
          shelf.put(std::move(packet));
        } else if (i % 16 == 1) {
          gate::Slot::pass_by_rule_later(std::move(packet), false, 100us);
        } else if (i % 16 == 3) {
          // Goes on with this batch, whoever has it by then.
          outcomes.count(packet.accept());
          shelf.put(std::move(packet));
        } else if (i % 16 != 2) {
          decide(packet, i, outcomes);
        }
      }
    }
  };
  const auto keep = [&] {
    while (!ends) {
      std::uint64_t number = 0;
      for (HeldPacket& packet : shelf.take()) {
        if (++number % 5 != 0) decide(packet, number, outcomes);
      }
      std::this_thread::yield();
    }
  };
  gate::Lane& first = table->add_lane();
  gate::Lane& second = table->add_lane();
  // What leaves is what came, whatever became of the ring meanwhile; handlers change byte 30.
  std::atomic<std::uint64_t> spoilt{0};
  const auto watch = [&](capture::Live& live) {
    while (!ends) {
      const Batch batch = live.next_batch(Deadline::in(50ms));
      for (const Packet& packet : batch.packets) {
        Octets frame = octets(packet);
        if (frame.size() == 64) frame[30] = 0;
        if (frame != numbered_frame(number_of(packet))) ++spoilt;
      }
    }
  };
  std::thread watcher{[&] { watch(*far); }};
  std::thread inner_watcher{[&] { watch(*outer); }};
  std::thread clock{[&] {
    while (!ends) {
      table->expire(monotonic_now());
      expect_sums_while_moving(*table);
    }
  }};
  std::thread keeper{keep};
  std::thread other_keeper{keep};
  std::thread taker{[&] { take(first); }};
  take(second);
  taker.join();
  while (table->waiting() != 0) std::this_thread::sleep_for(1ms);
  ends = true;
  for (std::thread* thread : {&clock, &keeper, &other_keeper, &watcher, &inner_watcher})
    thread->join();
  shelf.take().clear();
  table->wait_until_empty();
  expect_sums(*table);

  EXPECT_EQ(spoilt, 0U);
  const gate::HeldCounters counters = table->counters();
  EXPECT_EQ(counters.arrived.packets, 2 * batches * batch_size);
  EXPECT_EQ(counters.waiting.packets, 0U);
  EXPECT_EQ(outcomes.taken,
            counters.accepted.packets + counters.modified.packets + counters.dropped.packets);
  EXPECT_GE(counters.late_verdicts, outcomes.late);
  const std::uint64_t gone = counters.dropped.packets + counters.expired_dropped.packets +
                             counters.undecided_dropped.packets + counters.full_dropped.packets;
  EXPECT_EQ(counters.sent.packets + counters.send_failed.packets, counters.arrived.packets - gone);
}

}  // namespace
}  // namespace weir::test
