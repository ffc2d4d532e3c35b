// Intervals by a steady clock, and what was counted in each.
#include "weir/capture/interval.h"

namespace weir::capture {
namespace {

double per_second(double count, Duration elapsed) noexcept {
  return elapsed > Duration::zero() ? count / std::chrono::duration<double>(elapsed).count() : 0;
}

}  // namespace

double IntervalCounts::packets_per_second() const noexcept {
  return per_second(static_cast<double>(packets), elapsed);
}

double IntervalCounts::bits_per_second() const noexcept {
  return per_second(static_cast<double>(bytes) * 8, elapsed);
}

IntervalCounts between(const Moment& start, const Moment& end, const Counts& before,
                       const Counts& now) noexcept {
  IntervalCounts counts{.start = start.wall,
                        .end = end.wall,
                        .elapsed = end.steady - start.steady,
                        .packets = now.packets - before.packets,
                        .bytes = now.bytes - before.bytes};
  if (now.dropped) counts.dropped = *now.dropped - before.dropped.value_or(0);
  return counts;
}

std::chrono::steady_clock::time_point end_of_interval(
    const Moment& began, Duration interval, std::chrono::steady_clock::time_point now) noexcept {
  return began.steady + ((now - began.steady) / interval + 1) * interval;
}

}  // namespace weir::capture
