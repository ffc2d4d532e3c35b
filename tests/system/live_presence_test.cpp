// Waiting, stopping, and adapters that come and go.
#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <csignal>

#include "system/network.h"
#include "weir/capture/live.h"
#include "weir/error.h"
#include "weir/filter/filter.h"

namespace weir::test {
namespace {

using capture::Live;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

Duration since(steady_clock::time_point start) { return steady_clock::now() - start; }

using LivePresence = LiveTest;

TEST_F(LivePresence, ADeadlineIsKept) {
  Live live{"far"};
  EXPECT_EQ(live.next_batch(Deadline::none()).state, SourceState::would_block);
  const auto start = steady_clock::now();
  EXPECT_EQ(live.next_batch(Deadline::in(50ms)).state, SourceState::timeout);
  EXPECT_GE(since(start), 50ms);
  EXPECT_LT(since(start), 500ms);
}

TEST_F(LivePresence, ImmediateDoesNotWaitForBlocks) {
  Live live{"far", {.retire = 2s, .immediate = true}};
  const FrameSender sender{"near"};
  Duration fastest = Duration::max();
  for (std::uint64_t number = 0; number < 10; ++number) {
    const auto start = steady_clock::now();
    sender.send(numbered_frame(number));
    EXPECT_EQ(live.next_batch(Deadline::in(5s)).packets.size(), 1U);
    fastest = std::min(fastest, since(start));
  }
  EXPECT_LT(fastest, 50ms);
}

TEST_F(LivePresence, TheDescriptorTellsWhenToAsk) {
  Live live{"far"};
  pollfd wanted{live.file_descriptor(), POLLIN, 0};
  EXPECT_EQ(::poll(&wanted, 1, 0), 0);
  FrameSender{"near"}.send(numbered_frame(1));
  EXPECT_EQ(::poll(&wanted, 1, 1000), 1);
  EXPECT_EQ(live.next_batch(Deadline::none()).packets.size(), 1U);
  EXPECT_EQ(live.next_batch(Deadline::none()).state, SourceState::would_block);
  EXPECT_EQ(::poll(&wanted, 1, 0), 0);
}

TEST_F(LivePresence, WithoutWaitingAllThatIsThereIsLookedAt) {
  const filter::Filter none{"ether[22] = 9"};
  Live live{"far", {.ring_size = 2 << 20, .filter = none, .filter_in_user_space = true}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 5000; ++number) sender.send(numbered_frame(number));
  Octets wanted = numbered_frame(5000);
  wanted[22] = 9;
  sender.send(wanted);
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(live.next_batch(Deadline::none()).packets.size(), 1U);
  EXPECT_EQ(live.next_batch(Deadline::none()).state, SourceState::would_block);
}

TEST_F(LivePresence, StopEndsAWaitWithinTenMilliseconds) {
  Duration slowest{};
  Duration fastest = Duration::max();
  for (int i = 0; i < 10; ++i) {
    Live live{"far"};
    std::atomic<steady_clock::time_point> asked{};
    std::thread other{[&] {
      std::this_thread::sleep_for(20ms);
      asked = steady_clock::now();
      live.stop();
    }};
    EXPECT_EQ(live.next_batch().state, SourceState::stopped);
    const Duration took = since(asked);
    other.join();
    EXPECT_EQ(live.next_batch().state, SourceState::stopped);
    slowest = std::max(slowest, took);
    fastest = std::min(fastest, took);
  }
  // Whatever else the machine is doing, it is not doing it ten times.
  EXPECT_LT(fastest, 10ms);
  EXPECT_LT(slowest, 500ms);
}

Live* to_stop = nullptr;

TEST_F(LivePresence, StopMayComeFromASignalHandler) {
  Live live{"far"};
  to_stop = &live;
  std::signal(SIGUSR1, [](int) { to_stop->stop(); });
  const auto self = ::pthread_self();
  std::thread other{[self] {
    std::this_thread::sleep_for(20ms);
    ::pthread_kill(self, SIGUSR1);
  }};
  EXPECT_EQ(live.next_batch().state, SourceState::stopped);
  other.join();
  std::signal(SIGUSR1, SIG_DFL);
}

TEST_F(LivePresence, ADeletedAdapterGivesEverythingItHadAndIsGone) {
  for (int round = 0; round < 5; ++round) {
    Live live{"far", {.retire = 100ms}};
    Stream stream{"near", 10'000'000, 100};
    std::thread deletion{[] {
      std::this_thread::sleep_for(150ms);
      run("ip link del near");
    }};
    std::uint64_t next = 0;
    for (;;) {
      const Batch batch = live.next_batch(Deadline::in(5s));
      if (batch.state != SourceState::packets) {
        EXPECT_EQ(batch.state, SourceState::gone);
        break;
      }
      for (const Packet& packet : batch.packets) ASSERT_EQ(number_of(packet), next++);
    }
    deletion.join();
    const std::uint64_t sent = stream.finish();
    EXPECT_GT(next, 0U);
    // The last ones may have ended in the adapter that was being removed.
    EXPECT_LE(next, sent);
    EXPECT_LE(sent - next, 64U);
    const auto counted = live.statistics();
    EXPECT_EQ(counted.received, next);
    EXPECT_EQ(counted.waiting, 0U);
    EXPECT_EQ(live.next_batch().state, SourceState::gone);
    run("ip link add near type veth peer name far && ip link set near up && ip link set far up");
  }
}

TEST_F(LivePresence, WhatTheRingHeldWhenTheAdapterWentIsDelivered) {
  Live live{"far", {.ring_size = 1 << 20, .retire = 200ms}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 2000; ++number) sender.send(numbered_frame(number));
  run("ip link del near");
  EXPECT_EQ(collect(live).size(), 2000U);
  EXPECT_EQ(live.next_batch().state, SourceState::gone);
}

TEST_F(LivePresence, AFullRingIsDeliveredToo) {
  Live live{"far", {.ring_size = 1, .retire = 10s}};
  const FrameSender sender{"near"};
  for (std::uint64_t number = 0; number < 5000; ++number) sender.send(numbered_frame(number));
  run("ip link set far down");
  const auto packets = collect(live);
  const auto counted = live.statistics();
  EXPECT_EQ(counted.received, 5000U);
  EXPECT_EQ(packets.size() + counted.dropped, 5000U);
  EXPECT_GT(counted.dropped, 0U);
  const auto start = steady_clock::now();
  EXPECT_EQ(live.next_batch().state, SourceState::gone);
  EXPECT_LT(since(start), 1s);
}

TEST_F(LivePresence, AnEventLoopLearnsThatItIsGone) {
  Live live{"far"};
  run("ip link set far down");
  pollfd wanted{live.file_descriptor(), POLLIN, 0};
  EXPECT_EQ(::poll(&wanted, 1, 1000), 1);
  EXPECT_EQ(live.next_batch(Deadline::none()).state, SourceState::gone);
}

/// Sends a frame until it comes: the sender's queue starts some time after its peer is up.
bool arrives(Live& live, std::uint64_t number) {
  const FrameSender sender{"near"};
  for (int attempt = 0; attempt < 40; ++attempt) {
    sender.send(numbered_frame(number));
    const Batch batch = live.next_batch(Deadline::in(50ms));
    for (const Packet& packet : batch.packets) {
      if (number_of(packet) == number) return true;
    }
  }
  return false;
}

TEST_F(LivePresence, AHundredLinkCyclesLoseTheSourceNothing) {
  Live live{"far", {.resume = true}};
  for (std::uint64_t cycle = 0; cycle < 100; ++cycle) {
    run("ip link set far down");
    // Half of the time it is back before anybody looks.
    if (cycle % 2 == 0) {
      EXPECT_EQ(live.next_batch(Deadline::none()).state, SourceState::would_block);
    }
    run("ip link set far up");
    ASSERT_TRUE(arrives(live, cycle)) << cycle;
  }
  const auto counted = live.statistics();
  EXPECT_EQ(counted.received, counted.delivered);
}

TEST_F(LivePresence, DownAndUpBeforeAnybodyLooksIsNoEnd) {
  Live live{"far"};
  run("ip link set far down && ip link set far up");
  EXPECT_TRUE(arrives(live, 1));
  EXPECT_EQ(live.next_batch(Deadline::in(50ms)).state, SourceState::timeout);
}

TEST_F(LivePresence, ItGoesOnWithANewAdapterOfTheName) {
  Live live{"far", {.promiscuous = true, .resume = true}};
  for (std::uint64_t number = 0; number < 3; ++number) {
    ASSERT_TRUE(arrives(live, number));
    EXPECT_EQ(promiscuity("far"), 1);
    run("ip link del near");
    static_cast<void>(collect(live));
    EXPECT_EQ(live.next_batch(Deadline::in(100ms)).state, SourceState::timeout);
    run("ip link add near type veth peer name far && ip link set near up && ip link set far up");
    EXPECT_EQ(live.next_batch(Deadline::in(100ms)).state, SourceState::timeout);
  }
  live.stop();
  EXPECT_EQ(live.next_batch().state, SourceState::stopped);
}

TEST_F(LivePresence, StopEndsTheWaitForAnAdapter) {
  Live live{"far", {.resume = true}};
  run("ip link del near");
  std::thread other{[&live] {
    std::this_thread::sleep_for(50ms);
    live.stop();
  }};
  EXPECT_EQ(live.next_batch().state, SourceState::stopped);
  other.join();
}

TEST_F(LivePresence, AnotherNameChangesNothing) {
  Live live{"far", {.resume = true}};
  run("ip link set far name renamed");
  FrameSender{"near"}.send(numbered_frame(1));
  EXPECT_EQ(collect(live, 1).size(), 1U);
  run("ip link set renamed down && ip link set renamed up");
  EXPECT_TRUE(arrives(live, 2));
}

TEST_F(LivePresence, AnotherMtuChangesNothing) {
  Live live{"far"};
  run("ip link set near mtu 4000 && ip link set far mtu 4000");
  Octets frame = numbered_frame(1);
  frame.resize(4000);
  FrameSender{"near"}.send(frame);
  const auto packets = collect(live, 1);
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].packet().data.size(), 4000U);
}

TEST_F(LivePresence, AnAdapterThatIsDownAtOpenIsAnErrorUnlessItIsWaitedFor) {
  run("ip link set far down");
  try {
    const Live live{"far"};
    FAIL() << "opened";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.system_code(), std::errc::network_down);
    EXPECT_STREQ(error.what(), "capture on far: Network is down");
  }
  Live live{"far", {.resume = true}};
  EXPECT_EQ(live.next_batch(Deadline::in(20ms)).state, SourceState::timeout);
  run("ip link set far up");
  EXPECT_TRUE(arrives(live, 1));
}

TEST_F(LivePresence, AMovedSourceGoesOn) {
  Live first{"far"};
  FrameSender{"near"}.send(numbered_frame(1));
  Live second{std::move(first)};
  EXPECT_EQ(collect(second, 1).size(), 1U);
  second = Live{"near"};
  FrameSender{"near"}.send(numbered_frame(2));
  EXPECT_EQ(collect(second, 1).size(), 1U);
}

}  // namespace
}  // namespace weir::test
