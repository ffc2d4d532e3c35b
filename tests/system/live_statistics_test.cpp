// The accounts of a live source against those of the sender.
#include <gtest/gtest.h>

#include <chrono>

#include "system/network.h"
#include "system/tunnel.h"
#include "weir/capture/live.h"
#include "weir/filter/filter.h"

namespace weir::test {
namespace {

using capture::Live;
using capture::LiveStatistics;
using namespace std::chrono_literals;

/// Walks what comes until nothing does.
std::uint64_t drain(Live& live) {
  std::uint64_t count = 0;
  for (;;) {
    const Batch batch = live.next_batch(Deadline::in(500ms));
    if (batch.state != SourceState::packets) return count;
    count += batch.packets.size();
  }
}

using LiveAccounts = LiveTest;

TEST_F(LiveAccounts, AreExactWithTheFilterInUserSpace) {
  Live live{"far", {.filter = filter::Filter{"ether[22] = 1"}, .filter_in_user_space = true}};
  constexpr std::uint64_t count = 90'000;
  Stream stream{"near", count};
  const std::uint64_t delivered = drain(live);
  ASSERT_EQ(stream.finish(), count);
  const LiveStatistics counted = live.statistics();
  EXPECT_EQ(counted.received, count);
  EXPECT_EQ(counted.delivered, count / 3);
  EXPECT_EQ(counted.delivered, delivered);
  EXPECT_EQ(counted.filtered, count / 3 * 2);
  EXPECT_EQ(counted.dropped, 0U);
  EXPECT_EQ(counted.waiting, 0U);
  EXPECT_EQ(counted.filtered_in_kernel, 0U);
}

TEST_F(LiveAccounts, AreExactWhenTheRingIsTooSmallAndNobodyReads) {
  Live live{"far", {.ring_size = 1}};
  constexpr std::uint64_t count = 20'000;
  Stream stream{"near", count};
  ASSERT_EQ(stream.finish(), count);
  const LiveStatistics before = live.statistics();
  EXPECT_EQ(before.received, count);
  EXPECT_GT(before.dropped, 0U);
  EXPECT_EQ(before.delivered, 0U);
  EXPECT_EQ(before.waiting, count - before.dropped);
  const std::uint64_t delivered = drain(live);
  const LiveStatistics after = live.statistics();
  EXPECT_EQ(after.received, count);
  EXPECT_EQ(after.delivered, delivered);
  EXPECT_EQ(after.delivered + after.dropped, count);
  EXPECT_EQ(after.waiting, 0U);
}

TEST_F(LiveAccounts, AddUpWhileTheRingOverflowsAgainAndAgain) {
  Live live{"far", {.ring_size = 1, .filter = filter::Filter{"ether[22] != 1"}}};
  constexpr std::uint64_t count = 300'000;
  Stream stream{"near", count};
  std::uint64_t delivered = 0;
  std::uint64_t last = 0;
  for (;;) {
    const Batch batch = live.next_batch(Deadline::in(500ms));
    if (batch.state != SourceState::packets) break;
    for (const Packet& packet : batch.packets) {
      ASSERT_NE(number_of(packet) % 3, 1U);
      ASSERT_TRUE(number_of(packet) == 0 || number_of(packet) > last);
      last = number_of(packet);
    }
    if (delivered / 5000 != (delivered + batch.packets.size()) / 5000) {
      std::this_thread::sleep_for(3ms);
    }
    delivered += batch.packets.size();
    const LiveStatistics now = live.statistics();
    ASSERT_EQ(now.received, now.delivered + now.filtered + now.dropped + now.waiting);
  }
  ASSERT_EQ(stream.finish(), count);
  const LiveStatistics counted = live.statistics();
  EXPECT_EQ(counted.received, count / 3 * 2);
  EXPECT_EQ(counted.delivered, delivered);
  EXPECT_GT(counted.dropped, 0U);
  EXPECT_EQ(counted.waiting, 0U);
  EXPECT_EQ(counted.received, counted.delivered + counted.dropped);
}

TEST_F(LiveAccounts, WhereTheKernelRefusesNothingThatIsKnown) {
  const auto in_kernel = [](const std::string& adapter, const capture::LiveOptions& options) {
    return Live{adapter, options}.statistics().filtered_in_kernel;
  };
  using capture::Traffic;
  const filter::Filter filter{"ip"};
  EXPECT_EQ(in_kernel("far", {}), 0U);
  EXPECT_EQ(in_kernel("far", {.snapshot_length = 60}), 0U);
  EXPECT_EQ(in_kernel("far", {.filter = filter, .filter_in_user_space = true}), 0U);
  EXPECT_EQ(in_kernel("far", {.traffic = Traffic::out, .filter_in_user_space = true}), 0U);
  EXPECT_EQ(in_kernel("far", {.fanout = capture::Fanout{.id = capture::unique_fanout()}}), 0U);
  EXPECT_EQ(in_kernel("far", {.filter = filter}), std::nullopt);
  EXPECT_EQ(in_kernel("far", {.traffic = Traffic::in}), std::nullopt);
  EXPECT_EQ(in_kernel("far", {.traffic = Traffic::out}), std::nullopt);
  // The copy going out of what comes in again.
  EXPECT_EQ(in_kernel("lo", {.filter_in_user_space = true}), std::nullopt);
  EXPECT_EQ(in_kernel("any", {}), std::nullopt);
}

TEST_F(LiveAccounts, WhatTheKernelOnceRefusedStaysUnknown) {
  Live live{"far"};
  EXPECT_EQ(live.statistics().filtered_in_kernel, 0U);
  live.change({.snapshot_length = 60, .promiscuous = true});
  EXPECT_EQ(live.statistics().filtered_in_kernel, 0U);
  live.change({.filter = filter::Filter{"ip"}});
  EXPECT_EQ(live.statistics().filtered_in_kernel, std::nullopt);
  live.change({.filter = filter::Filter{}});
  EXPECT_EQ(live.statistics().filtered_in_kernel, std::nullopt);
}

TEST_F(LiveAccounts, TheAdaptersDropsCountFromTheOpening) {
  Live live{"far"};
  const auto dropped = live.statistics().dropped_by_adapter;
  ASSERT_TRUE(dropped);
  EXPECT_EQ(*dropped, 0U);
  EXPECT_EQ((Live{"any"}.statistics().dropped_by_adapter), std::nullopt);
}

TEST_F(LiveAccounts, TheDropsOfAllAdaptersItGoesOnWithAddUp) {
  if (!Tunnel::is_offered()) GTEST_SKIP() << "no tun adapters here";
  std::optional<Tunnel> tunnel{"tunnel"};
  tunnel->drop(5);
  Live live{"tunnel", {.resume = true}};
  for (std::uint64_t adapters = 1; adapters <= 3; ++adapters) {
    tunnel->drop(3);
    EXPECT_EQ(live.statistics().dropped_by_adapter, 3 * adapters);
    tunnel.reset();
    EXPECT_EQ(live.next_batch(Deadline::in(100ms)).state, SourceState::timeout);
    EXPECT_EQ(live.statistics().dropped_by_adapter, std::nullopt) << "nobody is there to tell";
    tunnel.emplace("tunnel");
    // What it drops before the source is there does not count.
    tunnel->drop(2);
    EXPECT_EQ(live.next_batch(Deadline::in(200ms)).state, SourceState::timeout);
  }
}

}  // namespace
}  // namespace weir::test
