// The time by the clock that stamps packets, near the machine's or far from it.
#include "capture/stamp_clock.h"

#include <gtest/gtest.h>

namespace weir::test {
namespace {

using capture::StampClock;
using namespace std::chrono_literals;

// What one call is at most apart from another, on the busiest machine.
constexpr Duration near = 10min;

Packet stamped(Duration ahead, PacketFlags clock) {
  return {.timestamp = wall_clock() + ahead, .flags = clock};
}

void expect_ahead(const StampClock& clock, Duration ahead) {
  const Duration off = clock.at(wall_clock()) - (wall_clock() + ahead);
  EXPECT_LT(off, near);
  EXPECT_GT(off, -near);
}

TEST(StampClock, IsTheMachinesUntilAnAdapterHasStampedAPacket) {
  StampClock clock;
  expect_ahead(clock, 0s);
  clock.note({});
  clock.note({{stamped(-24h, PacketFlags::software_clock)}});  // one that was long on its way
  expect_ahead(clock, 0s);
}

TEST(StampClock, GoesOnFromTheAdaptersLastStamp) {
  StampClock clock;
  const Packet packets[] = {stamped(3h, PacketFlags::adapter_clock),
                            stamped(-24h, PacketFlags::adapter_clock)};
  clock.note(packets);
  expect_ahead(clock, -24h);
  EXPECT_GE(clock.at(wall_clock()), packets[1].timestamp);
  clock.note({packets, 1});
  expect_ahead(clock, 3h);
}

TEST(StampClock, GoesBackToTheMachinesWithItsStamps) {
  StampClock clock;
  clock.note({{stamped(-24h, PacketFlags::adapter_clock)}});
  clock.note({{stamped(0s, PacketFlags::software_clock)}});
  expect_ahead(clock, 0s);
}

}  // namespace
}  // namespace weir::test
