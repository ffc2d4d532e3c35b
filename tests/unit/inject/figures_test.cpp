// Figures of a replay: whether the rate was reached.
#include <gtest/gtest.h>

#include "weir/inject/replay.h"

namespace weir::inject {
namespace {

using namespace std::chrono_literals;

/// So many frames, the n-th of them later by `late_each` than the one before.
ReplayFigures steadily_late(std::uint64_t frames, Duration duration, Duration late_each) {
  ReplayFigures figures{.duration = duration};
  for (std::uint64_t i = 0; i < frames; ++i) {
    figures.behind = static_cast<std::int64_t>(i) * late_each;
    figures.deviation.add(figures.behind);
  }
  return figures;
}

TEST(replay_figures, tell_a_missed_rate_that_is_steady_however_short_the_run) {
  EXPECT_TRUE(steadily_late(1000, 1ms, 900ns).is_rate_missed());
  EXPECT_TRUE(steadily_late(5000, 100ms, 400ns).is_rate_missed());   // 2 ms
  EXPECT_FALSE(steadily_late(5000, 100ms, 100ns).is_rate_missed());  // 0.5 ms are no hundredth
  EXPECT_TRUE(steadily_late(20'000, 10s, 10us).is_rate_missed());
  EXPECT_FALSE(steadily_late(20'000, 10s, 1us).is_rate_missed());
}

TEST(replay_figures, tell_no_missed_rate_for_one_late_frame) {
  ReplayFigures figures{.duration = 100ms};
  figures.deviation.add(20us, 9999);
  figures.deviation.add(4ms);
  figures.behind = 4ms;
  EXPECT_FALSE(figures.is_rate_missed());
  figures.behind = 12ms;
  EXPECT_TRUE(figures.is_rate_missed());
}

TEST(replay_figures, tell_nothing_of_what_is_too_short) {
  EXPECT_FALSE(steadily_late(100, 200us, 900ns).is_rate_missed());
  EXPECT_FALSE(steadily_late(100, 2ms, 10us).is_rate_missed());
  EXPECT_FALSE(ReplayFigures{}.is_rate_missed());
}

}  // namespace
}  // namespace weir::inject
