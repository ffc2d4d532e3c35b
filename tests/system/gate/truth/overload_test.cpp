// More than a handler can take: rings that are full, deadlines that pass, each packet once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/temporary_folder.h"
#include "system/gate/truth/gate_network.h"

namespace weir::test {
namespace {

using namespace std::chrono_literals;
using gate::Gate;
using gate::GateOptions;
using gate::HeldPacket;
using gate::Policy;
using gate::Tally;

class GateOverload : public GateTest {
 protected:
  /// Numbered frames from left to right; what arrives on the right.
  std::vector<Octets> carried(std::uint64_t count, std::uint64_t burst) {
    Witness witness{right()};
    std::vector<Octets> frames;
    std::thread reading{[&] { frames = witness.frames(count); }};
    std::unique_ptr<Stream> stream;
    left().inside([&] { stream = std::make_unique<Stream>("eth0", count, burst); });
    EXPECT_EQ(stream->finish(), count);
    reading.join();
    return frames;
  }
};

std::vector<std::uint64_t> numbers_of(const std::vector<Octets>& frames) {
  std::vector<std::uint64_t> numbers;
  for (const Octets& frame : frames) {
    numbers.push_back(load_be<std::uint64_t>(frame.data() + 14));
  }
  return numbers;
}

/// Each number at most once.
void expect_once(std::vector<std::uint64_t> numbers) {
  std::ranges::sort(numbers);
  EXPECT_EQ(std::ranges::adjacent_find(numbers), numbers.end());
}

gate::Handlers slow(std::chrono::microseconds time) {
  gate::Handlers handlers;
  handlers.on_held = [time](HeldPacket& packet) {
    std::this_thread::sleep_for(time);
    packet.accept();
  };
  return handlers;
}

TEST_P(GateOverload, FullRingsFollowThePolicy) {
  bridge();
  for (const Policy policy : {Policy::open, Policy::closed}) {
    const bool open = policy == Policy::open;
    const unsigned workers = open ? 1 : 3;
    constexpr std::uint64_t count = 3'000;
    GateOptions small = options();
    small.ring_size = 1 << 16;
    small.most_held = 200;
    small.policies.ring_full = policy;
    small.workers = {.min = workers, .max = workers};
    Gate gate{small, slow(500us)};
    gate.add({.filter = "ether proto 0x88b5"});
    gate.start();
    const auto frames = carried(count, 500);
    expect_sums(gate);
    const gate::GateCounters counters = gate.counters();
    const auto of_adapter = counters_of(gate, "to_left", Direction::in);
    const std::uint64_t full =
        (open ? of_adapter.full_passed : of_adapter.full_dropped).packets +
        (open ? counters.held.full_passed : counters.held.full_dropped).packets;
    EXPECT_GT(full, 100U);
    EXPECT_EQ(counters.held.accepted.packets + full, count);
    EXPECT_EQ(frames.size(), open ? count : count - full);
    expect_once(numbers_of(frames));
  }
}

TEST_P(GateOverload, PassedDeadlinesDecideForPacketsInTheRingToo) {
  bridge();
  for (const auto& [policy, workers] : {std::pair{Policy::open, 1U}, std::pair{Policy::closed, 1U},
                                        std::pair{Policy::closed, 3U}}) {
    const bool open = policy == Policy::open;
    constexpr std::uint64_t count = 1'500;
    GateOptions brief = options();
    brief.deadline = 40ms;
    brief.policies.deadline = open ? Policy::closed : Policy::open;
    brief.workers = {.min = workers, .max = workers};
    Gate gate{brief, slow(4ms)};
    gate.add({.filter = "ether proto 0x88b5"});
    gate.start();
    gate.set_deadline_policy(policy);
    const auto frames = carried(count, 3);
    expect_sums(gate);
    const gate::HeldCounters held = gate.counters().held;
    const std::uint64_t expired = (open ? held.expired_passed : held.expired_dropped).packets;
    EXPECT_GT(expired, 500U);
    EXPECT_GT(held.accepted.packets, 20U);
    EXPECT_EQ(held.accepted.packets + expired, count);
    EXPECT_EQ(frames.size(), open ? count : count - expired);
    expect_once(numbers_of(frames));
  }
}

TEST_P(GateOverload, LostCopiesAreCountedAndLoseNoPacket) {
  bridge();
  constexpr std::uint64_t count = 3'000;
  std::atomic<std::uint64_t> told{0};
  gate::Handlers handlers;
  handlers.on_notified = [&](const Packet&, const std::string&) {
    ++told;
    std::this_thread::sleep_for(200us);
  };
  GateOptions small = options();
  small.notice_ring_size = 1 << 16;
  Gate gate{small, handlers};
  gate.add({.action = gate::Action::notify, .filter = "ether proto 0x88b5"});
  gate.start();
  const auto frames = carried(count, 1'000);
  ASSERT_EQ(frames.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) ASSERT_EQ(numbers_of(frames)[i], i);
  const auto counters = counters_of(gate, "to_left", Direction::in);
  EXPECT_EQ((counters.notified.packets + counters.not_notified.packets), count);
  EXPECT_GT(counters.not_notified.packets, 100U);
  EXPECT_TRUE(wait_until([&] { return told == counters.notified.packets; }));
  EXPECT_EQ(gate.counters().notices, counters.notified.packets);
}

TEST_P(GateOverload, StreamsSurviveSmallRings) {
  if (!is_installed("curl")) GTEST_SKIP() << "needs curl";
  route();
  set_offloads(true);
  const TemporaryFolder folder;
  run("head -c 3000000 /dev/urandom > " + folder.path("file"));
  const Program server{
      right(), "python3 -m http.server -b :: -d " + folder.path("") + " 8000 >/dev/null 2>&1"};
  right().inside([] { wait_for_listener("t", 8000); });
  for (const gate::Segments segments : {gate::Segments::cut, gate::Segments::keep}) {
    GateOptions small = options();
    small.ring_size = 1 << 17;
    small.segments = segments;
    Gate gate{small, slow(50us)};
    gate.add({.filter = "tcp"});
    gate.start();
    EXPECT_EQ(left().output_of("curl -gsS -m 30 http://10.0.2.1:8000/file | md5sum"),
              output_of("md5sum < " + folder.path("file")));
    expect_sums(gate, segments == gate::Segments::keep ? Sent::in_parts : Sent::whole);
    EXPECT_EQ(gate.counters().segments_lost, Tally{});
  }
}

INSTANTIATE_TEST_SUITE_P(Attachments, GateOverload,
                         ::testing::Values(gate::Attachment::tcx, gate::Attachment::clsact),
                         name_of_attachment);

}  // namespace
}  // namespace weir::test
