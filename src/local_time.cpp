// Turns moments into local time and back with localtime_r alone.
#include "weir/local_time.h"

#include <algorithm>
#include <ctime>

namespace weir {

using std::chrono::seconds;
using std::chrono::sys_seconds;

seconds utc_offset(sys_seconds time) noexcept {
  const std::time_t count = time.time_since_epoch().count();
  std::tm parts{};
  localtime_r(&count, &parts);
  return seconds{parts.tm_gmtoff};
}

std::chrono::local_seconds local_time(sys_seconds time) noexcept {
  return std::chrono::local_seconds{time.time_since_epoch() + utc_offset(time)};
}

LocalMoments moments_of(std::chrono::local_seconds time) noexcept {
  // No zone is further from UTC, and no clock is set twice within two days.
  constexpr std::chrono::days around{1};
  const sys_seconds as_utc{time.time_since_epoch()};
  const seconds before = utc_offset(as_utc - around);
  const seconds after = utc_offset(as_utc + around);
  const sys_seconds by_before = as_utc - before;
  const sys_seconds by_after = as_utc - after;
  const bool is_before = utc_offset(by_before) == before;
  const bool is_after = utc_offset(by_after) == after;
  if (is_before && is_after) return {std::min(by_before, by_after), std::max(by_before, by_after)};
  if (is_before) return {by_before, by_before};
  if (is_after) return {by_after, by_after};
  // Set forward over it, somewhere in (shown, change].
  sys_seconds shown = by_after;
  sys_seconds change = by_before;
  while (change - shown > seconds{1}) {
    const sys_seconds middle = shown + (change - shown) / 2;
    (utc_offset(middle) == after ? change : shown) = middle;
  }
  return {change, change};
}

}  // namespace weir
