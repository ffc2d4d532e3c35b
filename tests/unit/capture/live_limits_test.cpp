// How rings are shaped.
#include "capture/live_limits.h"

#include <gtest/gtest.h>

#include "weir/error.h"

namespace weir::test {
namespace {

using capture::ring_shape;
using namespace std::chrono_literals;

constexpr std::size_t kibi = 1024;
constexpr std::size_t mebi = 1024 * kibi;

TEST(RingShape, TheUsualOneHasBlocksForTenSecondsOfRetireTimes) {
  const auto usual = ring_shape({}, 4);
  EXPECT_EQ(usual.block_size, 128 * kibi);
  EXPECT_EQ(usual.headroom, 4U);
  EXPECT_EQ(usual.retire_milliseconds, 20U);
  EXPECT_GE(usual.blocks * usual.retire_milliseconds, 10'000U);
  EXPECT_EQ(ring_shape({.ring_size = 2 * mebi}, 4).blocks, 16U);
}

TEST(RingShape, BlocksHoldTheLongestPacketsOfTheAdapter) {
  EXPECT_EQ(ring_shape({}, 4, 65'536).block_size, 128 * kibi);
  EXPECT_EQ(ring_shape({}, 4, 185'000).block_size, 256 * kibi);
  EXPECT_EQ(ring_shape({}, 4, 185'000).blocks, 256U);
  EXPECT_EQ(ring_shape({}, 4, 524'280).block_size, 512 * kibi);
  EXPECT_EQ(ring_shape({}, 4, UINT32_MAX).block_size, 512 * kibi);
  EXPECT_EQ(ring_shape({.snapshot_length = 96}, 4, 524'280).block_size, 128 * kibi);
}

TEST(GatheringTime, IsShortBesideTheRetireTimeAndTheRing) {
  EXPECT_EQ(capture::gathering_time({}), 4ms);
  EXPECT_EQ(capture::gathering_time({.retire = 100ms}), 20ms);
  EXPECT_EQ(capture::gathering_time({.ring_size = 8 * mebi, .retire = 1s}), 2ms);
  EXPECT_EQ(capture::gathering_time({.retire = 100ms, .immediate = true}), 0ms);
}

TEST(RingShape, SizesAreRoundedUpToWholeBlocks) {
  const auto smallest = ring_shape({.ring_size = 1}, 4);
  EXPECT_EQ(smallest.block_size, 128 * kibi);
  EXPECT_EQ(smallest.blocks, 2U);
  EXPECT_EQ(ring_shape({.ring_size = 20 * mebi + 1}, 4).blocks, 161U);
}

TEST(RingShape, ImmediateIsTheShortestRetireTime) {
  EXPECT_EQ(ring_shape({.retire = 70ms, .immediate = true}, 4).retire_milliseconds, 1U);
}

TEST(RingShape, OptionsOutOfRangeAreRefused) {
  EXPECT_THROW(static_cast<void>(ring_shape({.ring_size = 0}, 4)), Error);
  EXPECT_THROW(static_cast<void>(ring_shape({.ring_size = SIZE_MAX}, 4)), Error);
  EXPECT_THROW(static_cast<void>(ring_shape({.retire = -1ms}, 4)), Error);
  EXPECT_THROW(static_cast<void>(ring_shape({.retire = 999us}, 4)), Error);
  EXPECT_THROW(static_cast<void>(ring_shape({.retire = 60'001ms}, 4)), Error);
}

TEST(RingShape, TheLargestIsWhatMemoryThereIs) {
  EXPECT_GT(capture::largest_ring(), 0U);
  // It changes all the time, but not that much.
  EXPECT_NO_THROW(static_cast<void>(ring_shape({.ring_size = capture::largest_ring() / 2}, 4)));
  EXPECT_THROW(static_cast<void>(ring_shape({.ring_size = capture::largest_ring() * 2}, 4)), Error);
}

TEST(SnapshotLength, NoughtIsTheLongest) {
  EXPECT_EQ(capture::snapshot_length(0, 500), 500U);
  EXPECT_EQ(capture::snapshot_length(1, 500), 1U);
  EXPECT_EQ(capture::snapshot_length(500, 500), 500U);
  EXPECT_THROW(static_cast<void>(capture::snapshot_length(501, 500)), Error);
}

}  // namespace
}  // namespace weir::test
