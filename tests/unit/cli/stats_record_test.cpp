#include "cli/live/stats_record.h"

#include <gtest/gtest.h>

#include <chrono>

namespace weir::cli {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

std::string total_of(std::uint64_t packets, Duration elapsed) {
  const StatsRecord total{
      .interface = "far",
      .counts = {.elapsed = elapsed, .packets = packets, .bytes = packets * 60}};
  const std::string text = total_line(total, {.mode = "kernel", .dropped_by_adapter = 0});
  return text.substr(text.find(" s: ") + 4);
}

TEST(StatsTotal, TellsRarePacketsByALongerTime) {
  EXPECT_EQ(total_of(12, seconds{3}), "4.0 packets/s, 1920 bits/s");
  EXPECT_EQ(total_of(1, seconds{10}), "0.1 packets/s, 48 bits/s");
  EXPECT_EQ(total_of(1, seconds{30}), "2.0 packets/minute, 960 bits/minute");
  EXPECT_EQ(total_of(3, hours{2}), "1.5 packets/hour, 720 bits/hour");
  EXPECT_EQ(total_of(1, hours{48}), "0.5 packets/day, 240 bits/day");
  EXPECT_EQ(total_of(0, seconds{30}), "0.0 packets/s, 0 bits/s");
}

TEST(StatsInterval, ShowsNoNothingWherePacketsAreRare) {
  const StatsTable table{0, false};
  const auto rates_of = [&](std::uint64_t packets, Duration elapsed) {
    const std::string line =
        table.line({.interface = {},
                    .counts = {.elapsed = elapsed, .packets = packets, .bytes = packets * 60}});
    return line.substr(line.size() - 29);
  };
  EXPECT_EQ(rates_of(12, seconds{1}), "        12.0            5760\n");
  EXPECT_EQ(rates_of(1, seconds{60}), "       0.017               8\n");
  EXPECT_EQ(rates_of(1, hours{1}), "     0.00028            0.13\n");
  EXPECT_EQ(rates_of(0, hours{1}), "         0.0               0\n");
}

}  // namespace
}  // namespace weir::cli
