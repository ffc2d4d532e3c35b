// The clock of a file: the largest time stamp, but no wild one.
#include "savefile/watermark.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace weir::savefile {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp noon{20'000 * 24h + 12h};

/// What it says after batches of packets stamped at these times.
Timestamp after(const std::vector<std::vector<Timestamp>>& batches) {
  Watermark watermark;
  Timestamp largest = Timestamp::min();
  for (const std::vector<Timestamp>& times : batches) {
    std::vector<Packet> packets;
    for (const Timestamp time : times) {
      packets.push_back({.timestamp = time});
      largest = std::max(largest, time);
    }
    watermark.note(packets, largest);
  }
  return watermark.now();
}

TEST(Watermark, IsTheLargestTimeStamp) {
  EXPECT_EQ(after({}), Timestamp{});
  EXPECT_EQ(after({{noon, noon + 2s, noon + 1s}}), noon + 2s);
  EXPECT_EQ(after({{noon}, {noon + 5s, noon + 3s}, {noon + 4s}}), noon + 5s);
}

TEST(Watermark, LeavesOutATimeNobodyAgreesWith) {
  const Timestamp wild = noon + 48h;
  EXPECT_EQ(after({{noon, wild, noon + 1s}}), noon + 1s);
  EXPECT_EQ(after({{noon}, {wild}, {noon + 1s}}), noon + 1s);
  EXPECT_EQ(after({{noon, wild, noon + 1s}, {noon + 2s}, {wild + 1s}}), noon + 2s);
}

TEST(Watermark, FollowsAJumpThatThePacketsBehindItAgreeWith) {
  EXPECT_EQ(after({{noon, noon + 48h, noon + 48h + 1s}}), noon + 48h + 1s);
  EXPECT_EQ(after({{noon}, {noon + 48h}, {noon + 48h - 1s}}), noon + 48h);
}

TEST(Watermark, ComesBackFromAWildFirstPacket) {
  EXPECT_EQ(after({{noon + 9'000h, noon}}), noon);
  EXPECT_EQ(after({{noon + 9'000h}, {noon}}), noon);
}

TEST(Watermark, TakesPacketsWithoutATimeForNone) {
  Watermark watermark;
  const Packet untimed[] = {{.timestamp = noon, .flags = PacketFlags::no_timestamp}};
  watermark.note(untimed, Timestamp::min());
  EXPECT_EQ(watermark.now(), Timestamp{});
}

TEST(Watermark, BearsTheWholeRangeOfTime) {
  const Timestamp first = Timestamp::min() + 1ns;
  EXPECT_EQ(after({{first, Timestamp::max(), first + 1s}}), first + 1s);
}

}  // namespace
}  // namespace weir::savefile
