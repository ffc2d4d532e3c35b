// Finds periods of the local clock from its offset to UTC alone.
#include "savefile/series/local_period.h"

#include <algorithm>

#include "weir/local_time.h"

namespace weir::savefile {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
constexpr seconds one{1};

/// Of (from, to] the first moment of which `is_behind` holds; it holds of `to`, and of all moments
/// behind one of which it holds.
template <class Predicate>
sys_seconds first_of(sys_seconds from, sys_seconds to, Predicate is_behind) noexcept {
  while (to - from > one) {
    const sys_seconds middle = from + (to - from) / 2;
    (is_behind(middle) ? to : from) = middle;
  }
  return to;
}

sys_seconds start_of(sys_seconds time, seconds length) noexcept {
  const seconds offset = utc_offset(time);
  const seconds local = time.time_since_epoch() + offset;
  const seconds behind = (local % length + length) % length;
  const seconds boundary = local - behind;
  // If the clock has not been changed since.
  const sys_seconds start = time - behind;
  const seconds earlier = utc_offset(start - one);
  if (earlier == offset) return start;
  const sys_seconds before_change{boundary - earlier};
  if (utc_offset(start) == offset) {  // it was changed at that very moment
    const bool goes_on = before_change < start && start - before_change < length;
    return goes_on ? before_change : start;
  }
  const sys_seconds change =
      first_of(start, time, [&](sys_seconds moment) { return utc_offset(moment) == offset; });
  const bool was_over = change.time_since_epoch() + earlier > boundary + length;
  return was_over ? change : std::min(before_change, change);
}

}  // namespace

LocalPeriod local_period(sys_seconds time, seconds length) noexcept {
  // No change of a clock is larger.
  constexpr std::chrono::hours longest_change{26};
  const sys_seconds start = start_of(time, length);
  const auto is_over = [&](sys_seconds moment) { return start_of(moment, length) > start; };
  const sys_seconds usual = start + length;
  if (is_over(usual) && !is_over(usual - one)) return {start, usual};
  return {start, first_of(time, usual + longest_change, is_over)};
}

}  // namespace weir::savefile
