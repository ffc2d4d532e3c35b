// The time resolutions that need more than one multiplication.
#include "savefile/tick_clock.h"

namespace weir::savefile {
namespace {

__extension__ using Wide = unsigned __int128;
__extension__ using SignedWide = __int128;
constexpr std::uint64_t second = 1'000'000'000;

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
  // Ticks so fine that not one nanosecond of them fits in 64 bits count nothing but 0.
  constexpr unsigned finest = 63;
  if (since < 0 || (exponent_ > (binary_ ? finest : 19U) && since != 0)) return false;
  const auto whole = static_cast<Wide>(since);
  Wide found = 0;
  if (since == 0) {
    found = 0;
  } else if (!binary_ && exponent_ <= 9) {
    found = whole / multiplier_;
  } else if (!binary_) {
    found = whole * power_of_ten(exponent_ - 9U);
  } else {
    // Seconds and rest apart: their product with 2^63 stays below 2^128.
    found = ((whole / second) << exponent_) + ((whole % second) << exponent_) / second;
    // Reading rounds down: the tick that reads as this very nanosecond may be the next.
    const Wide next = found + 1;
    if ((next * second) >> exponent_ == whole) found = next;
  }
  if (found > std::numeric_limits<std::uint64_t>::max()) return false;
  ticks = static_cast<std::uint64_t>(found);
  std::int64_t read = 0;
  std::uint64_t finer = 0;
  rounded += !convert_any(ticks, read, finer) || read != nanoseconds ? 1U : 0U;
  return true;
}

std::uint64_t TickClock::ticks_per_second() const noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  if (binary_) return exponent_ < 64 ? std::uint64_t{1} << exponent_ : most;
  return exponent_ <= 19 ? power_of_ten(exponent_) : most;
}

}  // namespace weir::savefile
