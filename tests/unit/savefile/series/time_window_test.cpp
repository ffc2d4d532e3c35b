// Windows of time: their ends, found from what is read.
#include "weir/savefile/time_window.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "support/time_zone.h"
#include "unit/savefile/capture_bytes.h"
#include "weir/savefile/walk.h"

namespace weir::savefile {
namespace {

using namespace std::chrono_literals;
using test::CaptureBytes;

Timestamp at(Duration time) { return Timestamp{time}; }

Packet packet_at(Duration time) {
  Packet packet;
  packet.timestamp = at(time);
  return packet;
}

WindowEnd clock(Duration span, bool is_later = false) {
  return {.kind = WindowEnd::Kind::clock, .span = span, .is_later = is_later};
}
WindowEnd before_end(Duration span) { return {.kind = WindowEnd::Kind::before_end, .span = span}; }

TEST(TimeWindow, HoldsWhatIsFromItsStartToBeforeItsEnd) {
  const TimeWindow window{{.moment = at(10s)}, {.moment = at(20s)}};
  EXPECT_FALSE(window.is_everything());
  EXPECT_FALSE(window.holds(packet_at(10s - 1ns)));
  EXPECT_TRUE(window.holds(packet_at(10s)));
  EXPECT_TRUE(window.holds(packet_at(20s - 1ns)));
  EXPECT_FALSE(window.holds(packet_at(20s)));
  Packet untimed = packet_at(15s);
  untimed.flags = PacketFlags::no_timestamp;
  EXPECT_FALSE(window.holds(untimed));
}

TEST(TimeWindow, IsEverythingUnlessSaidOtherwise) {
  EXPECT_TRUE(TimeWindow{}.is_everything());
  EXPECT_FALSE(TimeWindow{}.is_empty());
  EXPECT_FALSE((TimeWindow{TimeWindow::no_start, TimeWindow::no_end}.is_everything()));
}

TEST(TimeWindow, IsEmptyWhereNothingIsBetweenItsEnds) {
  EXPECT_TRUE((TimeWindow{{.moment = at(2s)}, {.moment = at(2s)}}.is_empty()));
  EXPECT_FALSE((TimeWindow{{.moment = at(2s)}, {.moment = at(2s + 1ns)}}.is_empty()));
  TimeWindow window{before_end(10s), {.moment = at(50s)}};
  EXPECT_FALSE(window.is_empty()) << "nobody knows yet";
  window.end_at(at(60s));
  EXPECT_TRUE(window.is_empty());
}

TEST(TimeWindow, CountsFromTheEnd) {
  TimeWindow window{before_end(10s), before_end(5s)};
  EXPECT_TRUE(window.needs_end());
  window.end_at(at(60s));
  EXPECT_FALSE(window.needs_end());
  EXPECT_FALSE(window.holds(packet_at(50s - 1ns)));
  EXPECT_TRUE(window.holds(packet_at(50s)));
  EXPECT_FALSE(window.holds(packet_at(55s)));
  TimeWindow from_the_first{before_end(Duration::max()), TimeWindow::no_end};
  from_the_first.end_at(at(-10s));
  EXPECT_TRUE(from_the_first.holds(packet_at(-292 * 365 * 24h)));
}

TEST(TimeWindow, TakesTheClockOfTheFirstPacketsDay) {
  const test::TimeZone zone{"EST5"};  // UTC-5
  TimeWindow window{clock(23h), clock(24h - 1ns)};
  EXPECT_TRUE(window.needs_start());
  window.start_at(at(48h + 1h));  // 20:00 of the second day
  EXPECT_FALSE(window.needs_start());
  EXPECT_FALSE(window.holds(packet_at(48h + 4h - 1ns)));
  EXPECT_TRUE(window.holds(packet_at(48h + 4h)));
  EXPECT_FALSE(window.holds(packet_at(48h + 5h)));
}

TEST(TimeWindow, HoldsAnHourTwiceWhereTheClockIsSetBackOverIt) {
  // 2026-10-25: 03:00 CEST is 02:00 CET, at 01:00 UTC.
  const test::TimeZone zone{"CET-1CEST,M3.5.0,M10.5.0/3"};
  const auto day = std::chrono::sys_days{std::chrono::year{2026} / 10 / 25}.time_since_epoch();
  TimeWindow window{clock(2h + 30min), clock(2h + 40min, true)};
  window.start_at(at(day));
  EXPECT_FALSE(window.holds(packet_at(day + 29min)));
  EXPECT_TRUE(window.holds(packet_at(day + 30min)));
  EXPECT_TRUE(window.holds(packet_at(day + 1h + 39min)));
  EXPECT_FALSE(window.holds(packet_at(day + 1h + 40min)));
}

/// Files of a packet a second, from 0 and from 10.
class WindowedWalk : public testing::Test {
 protected:
  static std::vector<std::uint8_t> ten_packets(std::uint32_t first) {
    CaptureBytes file;
    file.pcap_header();
    for (std::uint32_t i = 0; i < 10; ++i) file.record(first + i, 0, std::to_string(first + i));
    return file.bytes();
  }
  std::string texts(const TimeWindow& window, bool merge = false) {
    const std::vector<std::string> paths{folder_.file("a", ten_packets(0)),
                                         folder_.file("b", ten_packets(10))};
    WalkOptions options;
    options.merge = merge;
    options.window = window;
    Walk walk{expand(paths), options};
    std::string all;
    for (const Packet& packet : walk) {
      all.append(packet.data.begin(), packet.data.end()).append(" ");
    }
    EXPECT_EQ(walk.counts().packets, 20U) << "all of them are read";
    return all;
  }

  test::TemporaryFolder folder_;
};

TEST_F(WindowedWalk, HandsOutWhatIsInTheWindow) {
  for (const bool merge : {false, true}) {
    EXPECT_EQ(texts({{.moment = at(8s)}, {.moment = at(12s)}}, merge), "8 9 10 11 ");
    EXPECT_EQ(texts({before_end(2s), TimeWindow::no_end}, merge), "17 18 19 ");
    EXPECT_EQ(texts({before_end(9s), {.moment = at(5s)}}, merge), "") << "nothing is between";
  }
}

TEST_F(WindowedWalk, TakesTheDayFromTheFirstPacketOfAll) {
  const test::TimeZone zone{"UTC0"};
  EXPECT_EQ(texts({clock(9s), clock(11s)}), "9 10 ");
}

TEST_F(WindowedWalk, NumbersPacketsAsTheyAreRead) {
  WalkOptions options;
  options.window = {{.moment = at(8s)}, TimeWindow::no_end};
  Walk walk{expand({folder_.file("a", ten_packets(0))}), options};
  const Batch batch = walk.next_batch();
  ASSERT_EQ(batch.packets.size(), 2U);
  EXPECT_EQ(walk.read_packets().size(), 10U);
  EXPECT_EQ(walk.first_number(), 1U);
  EXPECT_EQ(walk.read_packets()[8].data.data(), batch.packets[0].data.data());
}

}  // namespace
}  // namespace weir::savefile
