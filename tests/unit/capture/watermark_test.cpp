// Up to when an adapter's packets have been delivered: in traffic, in silence, by other clocks.
#include "capture/watermark.h"

#include <gtest/gtest.h>

namespace weir::capture {
namespace {

using namespace std::chrono_literals;

constexpr Timestamp noon{20'000 * 24h + 12h};
/// Packets may be under way for less than this: twice the retire time and some.
constexpr Duration long_enough = 200ms;

Packet stamped(Timestamp time) { return {.timestamp = time, .flags = PacketFlags::software_clock}; }

TEST(Watermark, KnowsNothingAtFirst) { EXPECT_EQ(Watermark{20ms}.now(), Timestamp{}); }

TEST(Watermark, IsTheTimeOfTheLastPacket) {
  Watermark watermark{20ms};
  watermark.delivered({{stamped(noon), stamped(noon + 1s)}});
  EXPECT_EQ(watermark.now(), noon + 1s);
  watermark.delivered({});
  EXPECT_EQ(watermark.now(), noon + 1s);
}

TEST(Watermark, GoesOnInSilenceButNotPastWhatMayBeUnderWay) {
  Watermark watermark{20ms};
  watermark.delivered({{stamped(noon)}});
  watermark.found_empty(noon + 10ms);
  EXPECT_EQ(watermark.now(), noon);
  watermark.found_empty(noon + 10s);
  EXPECT_LE(watermark.now(), noon + 10s - 2 * 20ms);
  EXPECT_GE(watermark.now(), noon + 10s - long_enough);
}

TEST(Watermark, WaitsLongerForALongerRetireTime) {
  Watermark watermark{1s};
  watermark.found_empty(noon);
  EXPECT_LE(watermark.now(), noon - 2s);
}

TEST(Watermark, FollowsAClockThatIsSetBack) {
  Watermark watermark{20ms};
  watermark.delivered({{stamped(noon)}});
  watermark.found_empty(noon - 1h);
  EXPECT_LT(watermark.now(), noon - 1h);
  watermark.delivered({{stamped(noon - 30min)}});
  EXPECT_EQ(watermark.now(), noon - 30min);
}

TEST(Watermark, StaysWherePacketsOvertakeOneAnother) {
  Watermark watermark{20ms};
  watermark.delivered({{stamped(noon)}});
  watermark.delivered({{stamped(noon - 1s)}});
  EXPECT_EQ(watermark.now(), noon);
  watermark.delivered({{stamped(noon - 2s)}});
  watermark.found_empty(noon - 2s);
  EXPECT_EQ(watermark.now(), noon);
}

TEST(Watermark, DoesNotGoBackWhereTwoClocksStampInTurns) {
  for (const Duration ahead : {Duration{37s}, Duration{-24h}}) {
    Watermark watermark{20ms};
    const Timestamp machine = wall_clock();
    Timestamp before{};
    for (int i = 0; i < 9; ++i) {
      const Timestamp time = machine + i * 1ms;
      const Packet by_adapter{.timestamp = time + ahead, .flags = PacketFlags::adapter_clock};
      watermark.delivered({&by_adapter, 1});
      watermark.delivered({{stamped(time)}});
      EXPECT_EQ(watermark.now(), std::max(time, time + ahead));
      watermark.found_empty(time);
      EXPECT_GE(watermark.now(), before);
      before = watermark.now();
    }
    watermark.delivered({{stamped(machine)}});
    watermark.delivered({{stamped(machine - 1h)}});
    EXPECT_EQ(watermark.now(), machine - 1h) << "the machine's was set back";
  }
}

TEST(Watermark, GoesByTheClockOfTheAdapterThatStamps) {
  Watermark watermark{20ms};
  const Timestamp machine = wall_clock();
  const Packet packet{.timestamp = machine - 24h, .flags = PacketFlags::adapter_clock};
  watermark.delivered({&packet, 1});
  watermark.found_empty(machine + 1h);
  EXPECT_NEAR(static_cast<double>((watermark.now() - (machine - 23h)) / 1s), 0, 60);
}

TEST(Watermark, GoesByTheClockOfTheAdapterAlsoAfterSilenceAtFirst) {
  Watermark watermark{20ms};
  const Timestamp machine = wall_clock();
  watermark.found_empty(machine);
  const Packet packet{.timestamp = machine - 24h, .flags = PacketFlags::adapter_clock};
  watermark.delivered({&packet, 1});
  EXPECT_EQ(watermark.now(), machine - 24h);
  const Packet next{.timestamp = machine - 23h, .flags = PacketFlags::adapter_clock};
  watermark.delivered({&next, 1});
  EXPECT_EQ(watermark.now(), machine - 23h);
}

TEST(Watermark, DoesNotGoBackForAFirstPacketThatIsLate) {
  Watermark watermark{20ms};
  watermark.found_empty(noon);
  const Timestamp before = watermark.now();
  watermark.delivered({{stamped(before - 1s)}});
  EXPECT_EQ(watermark.now(), before);
}

TEST(Watermark, WaitsForNothingOnceTheAdapterIsGone) {
  Watermark watermark{1h};
  const Timestamp before = wall_clock();
  watermark.found_empty(before);
  watermark.gone();
  EXPECT_GE(watermark.now(), before);
}

}  // namespace
}  // namespace weir::capture
