// Rates in words, and when packets are due by them.
#include "weir/inject/rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include <string>

namespace weir::inject {
namespace {

using namespace std::chrono_literals;

Packet at(Duration time) { return {.timestamp = Timestamp{time}}; }

TEST(rate, reads_every_kind_and_unit) {
  EXPECT_EQ(parse_rate("recorded"), (Rate{Rate::Kind::recorded, 1}));
  EXPECT_EQ(parse_rate("2x"), (Rate{Rate::Kind::recorded, 2}));
  EXPECT_EQ(parse_rate("0.25X"), (Rate{Rate::Kind::recorded, 0.25}));
  EXPECT_EQ(parse_rate("7pps"), (Rate{Rate::Kind::packets, 7}));
  EXPECT_EQ(parse_rate("10kpps"), (Rate{Rate::Kind::packets, 10e3}));
  EXPECT_EQ(parse_rate("1.5Mpps"), (Rate{Rate::Kind::packets, 1.5e6}));
  EXPECT_EQ(parse_rate("100mbps"), (Rate{Rate::Kind::bits, 100e6}));
  EXPECT_EQ(parse_rate("2.5Gbps"), (Rate{Rate::Kind::bits, 2.5e9}));
  EXPECT_EQ(parse_rate("top").kind, Rate::Kind::top);
}

TEST(rate, refuses_what_sends_nothing_or_means_nothing) {
  for (const char* text :
       {"", "0x", "0pps", "0kpps", "-1pps", "nanx", "infx", "x", "pps", "10", "10 kpps", "10kpps ",
        "10kb", "Top", "1e300gbps", "1e-30pps", "recorded2x"}) {
    try {
      static_cast<void>(parse_rate(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string{error.what()}.find("'" + std::string{text} + "'"), std::string::npos)
          << error.what();
    }
  }
}

TEST(schedule, follows_the_recording_and_its_multiples) {
  for (const double speed : {0.5, 1.0, 4.0}) {
    Schedule schedule{{Rate::Kind::recorded, speed}};
    EXPECT_EQ(schedule.due(at(5s), 60), 0s);
    EXPECT_EQ(schedule.due(at(5s + 100ns), 60).count(), std::lround(100 / speed));
    EXPECT_EQ(schedule.due(at(15s), 60), std::chrono::duration_cast<Duration>(10s / speed));
  }
}

TEST(schedule, has_packets_out_of_order_leave_with_the_one_before) {
  Schedule schedule;
  EXPECT_EQ(schedule.due(at(5s), 60), 0s);
  EXPECT_EQ(schedule.due(at(6s), 60), 1s);
  EXPECT_EQ(schedule.due(at(5500ms), 60), 1s);
  EXPECT_EQ(schedule.due(at(6100ms), 60), 1100ms);
  EXPECT_EQ(schedule.clock_steps(), 0u);
}

TEST(schedule, loses_no_time_where_the_clock_was_set) {
  constexpr Duration year = std::chrono::days{365};
  Schedule schedule;
  EXPECT_EQ(schedule.due(at(year), 60), 0s);
  EXPECT_EQ(schedule.due(at(year + 1s), 60), 1s);
  EXPECT_EQ(schedule.due(at(0s), 60), 1s);         // an outlier far back ...
  EXPECT_EQ(schedule.due(at(year + 2s), 60), 2s);  // ... and on again
  EXPECT_EQ(schedule.due(at(year + 3s), 60), 3s);
  EXPECT_EQ(schedule.due(Packet{.timestamp = Timestamp::min()}, 60), 3s);
  EXPECT_EQ(schedule.due(Packet{.timestamp = Timestamp::max()}, 60), 3s);
  EXPECT_EQ(schedule.clock_steps(), 4u);
  EXPECT_EQ(schedule.due(at(year + 4s), 60), 4s);  // the latest clock there is went beyond its end
  EXPECT_EQ(schedule.due(Packet{.timestamp = Timestamp::max()}, 60), 4s);
}

TEST(schedule, goes_on_where_the_clock_was_set_back) {
  Schedule schedule;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(schedule.due(at(100s + i * 1s), 60), i * 1s);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(schedule.due(at(50s + i * 1s), 60), (9 + i) * 1s);
  EXPECT_EQ(schedule.clock_steps(), 1u);
}

TEST(schedule, takes_no_longer_where_clocks_take_turns) {
  for (const int clocks : {2, 3, 4}) {
    for (const int in_a_row : {1, 2, 1000}) {
      Schedule schedule;
      Duration last{};
      for (int i = 0; i < 10'000; ++i) {
        const Duration apart = 50s * (i / in_a_row % clocks);
        last = schedule.due(at(1h - apart + i * 1s), 60);
        ASSERT_LE(last, i * 1s);
      }
      // What passes while a clock is met first is nobody's.
      EXPECT_GE(last, (10'000 - clocks) * 1s);
    }
  }
}

TEST(schedule, cuts_gaps_for_all_clocks) {
  Schedule schedule{{}, 100ms};
  for (int i = 0; i < 100; ++i) {
    EXPECT_LE(schedule.due(at(1h - 50s * (i % 2) + i * 10s), 60), i * 100ms);
  }
}

TEST(schedule, cuts_gaps_that_are_too_long) {
  Schedule schedule{{Rate::Kind::recorded, 2}, 100ms};
  EXPECT_EQ(schedule.due(at(0s), 60), 0s);
  EXPECT_EQ(schedule.due(at(20ms), 60), 10ms);
  EXPECT_EQ(schedule.due(at(10s), 60), 60ms);
  EXPECT_EQ(schedule.due(at(10s + 40ms), 60), 80ms);
}

TEST(schedule, ends_where_time_does) {
  constexpr int days = 106'000;  // 290 years
  Schedule schedule;
  Duration last{};
  for (int times = 0; times < 2; ++times) {
    for (int i = 0; i < days; ++i) {
      const Duration due = schedule.due(at(i * std::chrono::days{1}), 60);
      ASSERT_GE(due, last);
      last = due;
    }
    schedule.begin_again();
  }
}

TEST(schedule, passes_over_packets_without_a_time) {
  Schedule schedule;
  EXPECT_EQ(schedule.due(at(5s), 60), 0s);
  EXPECT_EQ(schedule.due(Packet{.flags = PacketFlags::no_timestamp}, 60), 0s);
  EXPECT_EQ(schedule.due(at(6s), 60), 1s);
}

TEST(schedule, goes_on_when_the_recording_begins_again) {
  Schedule schedule;
  for (int loop = 0; loop < 3; ++loop) {
    EXPECT_EQ(schedule.due(at(5s), 60), loop * 2s);
    EXPECT_EQ(schedule.due(at(7s), 60), loop * 2s + 2s);
    schedule.begin_again();
  }
  EXPECT_EQ(schedule.clock_steps(), 0u);
}

TEST(schedule, counts_packets_and_bits_from_the_beginning_so_that_nothing_adds_up) {
  Schedule packets{{Rate::Kind::packets, 3}};
  Schedule bits{{Rate::Kind::bits, 7e6}};
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    const std::size_t length = 60 + i % 1000;
    ASSERT_NEAR(static_cast<double>(packets.due({}, length).count()),
                static_cast<double>(i) / 3 * 1e9, 1);
    ASSERT_NEAR(static_cast<double>(bits.due({}, length).count()),
                static_cast<double>(bytes) * 8 / 7e6 * 1e9, 1);
    bytes += length;
  }
}

TEST(schedule, waits_for_nothing_at_top_rate) {
  Schedule schedule{parse_rate("top")};
  EXPECT_EQ(schedule.due(at(0s), 60), 0s);
  EXPECT_EQ(schedule.due(at(10s), 60), 0s);
}

}  // namespace
}  // namespace weir::inject
