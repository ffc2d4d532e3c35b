// The time resolutions that need more than one multiplication.
#include "savefile/tick_clock.h"

namespace weir::savefile {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;
constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr Wide too_many = Wide{most} + 1;

/// Ticks of 2^-exponent seconds in so many nanoseconds; of any that 64 bits do not hold, some such
/// number.
Wide binary_ticks(Wide nanoseconds, unsigned exponent) noexcept {
  if (nanoseconds == 0) return 0;
  // There are too many in a nanosecond, or in a second.
  if (exponent >= 94 || (exponent >= 64 && nanoseconds >= second)) return too_many;
  // Seconds and rest apart: their products stay below 2^128.
  const Wide seconds = exponent < 64 ? (nanoseconds / second) << exponent : Wide{0};
  const Wide found = seconds + ((nanoseconds % second) << exponent) / second;
  if (found > most) return too_many;
  // Reading rounds down: the tick that reads as this very nanosecond may be the next.
  const auto is_read_as_it = [&](Wide ticks) {
    return (ticks * second) >> exponent == nanoseconds;
  };
  return !is_read_as_it(found) && is_read_as_it(found + 1) ? found + 1 : found;
}

}  // namespace

bool TickClock::convert_any(std::uint64_t ticks, std::int64_t& nanoseconds,
                            std::uint64_t& rounded) const noexcept {
  Wide whole = 0;  // less than 2^94
  bool exact = true;
  if (!binary_ && exponent_ <= 9) {
    whole = Wide{ticks} * multiplier_;
  } else if (binary_) {
    const Wide scaled = Wide{ticks} * second;
    whole = exponent_ < 94 ? scaled >> exponent_ : Wide{0};
    exact = exponent_ < 94 ? whole << exponent_ == scaled : ticks == 0;
  } else {
    const unsigned excess = exponent_ - 9U;  // ticks are less than 10^20
    const std::uint64_t divisor = excess <= 19 ? power_of_ten(excess) : 0;
    whole = divisor != 0 ? ticks / divisor : 0;
    exact = divisor != 0 ? ticks % divisor == 0 : ticks == 0;
  }
  const auto total = static_cast<SignedWide>(whole) + SignedWide{offset_} * SignedWide{second};
  if (total > std::numeric_limits<std::int64_t>::max()) return false;
  if (total < std::numeric_limits<std::int64_t>::min()) return false;
  nanoseconds = static_cast<std::int64_t>(total);
  rounded += exact ? 0 : 1;
  return true;
}

bool TickClock::ticks_any(std::int64_t nanoseconds, std::uint64_t& ticks,
                          std::uint64_t& rounded) const noexcept {
  const auto since =
      static_cast<SignedWide>(nanoseconds) - SignedWide{offset_} * SignedWide{second};
  if (since < 0) return false;
  const auto whole = static_cast<Wide>(since);
  Wide found = 0;
  if (binary_) {
    found = binary_ticks(whole, exponent_);
  } else if (exponent_ <= 9) {
    found = whole / multiplier_;
  } else if (whole != 0) {
    // Ticks finer than 10^-28 seconds are too many in a nanosecond.
    const std::uint64_t each = exponent_ <= 28 ? power_of_ten(exponent_ - 9U) : 0;
    found = each == 0 || whole > most / each ? too_many : whole * each;
  }
  if (found > most) return false;
  ticks = static_cast<std::uint64_t>(found);
  std::int64_t read = 0;
  std::uint64_t finer = 0;
  if (!convert_any(ticks, read, finer)) return false;
  rounded += read != nanoseconds ? 1 : 0;
  return true;
}

std::uint64_t TickClock::ticks_per_second() const noexcept {
  if (binary_) return exponent_ < 64 ? std::uint64_t{1} << exponent_ : most;
  return exponent_ <= 19 ? power_of_ten(exponent_) : most;
}

}  // namespace weir::savefile
