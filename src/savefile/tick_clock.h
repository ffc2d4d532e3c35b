// Turns the ticks of a pcapng interface into nanoseconds, and back.
#pragma once

#include <cstdint>
#include <limits>

namespace weir::savefile {

/// if_tsresol and if_tsoffset (draft-ietf-opsawg-pcapng 4.2).
class TickClock {
 public:
  TickClock() noexcept = default;
  /// `resolution`: a negative power of ten, or of two if its highest bit is set. `offset`: seconds.
  TickClock(std::uint8_t resolution, std::int64_t offset) noexcept
      : exponent_{static_cast<std::uint8_t>(resolution & 0x7f)},
        binary_{(resolution & 0x80) != 0},
        offset_{offset} {
    if (!binary_ && exponent_ <= 9) {
      multiplier_ = power_of_ten(9U - exponent_);
      simple_ = offset == 0;
    } else {
      simple_ = false;
    }
  }

  /// False if the time is outside the 64-bit nanosecond range. Adds to `rounded` if the ticks are
  /// no whole nanoseconds; the time is then rounded down.
  bool convert(std::uint64_t ticks, std::int64_t& nanoseconds,
               std::uint64_t& rounded) const noexcept {
    if (simple_) return !__builtin_mul_overflow(ticks, multiplier_, &nanoseconds);
    return convert_any(ticks, nanoseconds, rounded);
  }

  /// The inverse of convert(): the ticks that stand for a time. False if there are none. Adds to
  /// `rounded` if the time lies between two ticks; it is then rounded down.
  bool ticks(std::int64_t nanoseconds, std::uint64_t& ticks,
             std::uint64_t& rounded) const noexcept {
    if (!simple_) return ticks_any(nanoseconds, ticks, rounded);
    if (nanoseconds < 0) return false;
    ticks = static_cast<std::uint64_t>(nanoseconds) / multiplier_;
    rounded += ticks * multiplier_ != static_cast<std::uint64_t>(nanoseconds) ? 1 : 0;
    return true;
  }

  /// Saturates at 2^64 - 1.
  [[nodiscard]] std::uint64_t ticks_per_second() const noexcept;

 private:
  // Precondition: exponent <= 19.
  static constexpr std::uint64_t power_of_ten(unsigned exponent) noexcept {
    std::uint64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
  }
  bool convert_any(std::uint64_t ticks, std::int64_t& nanoseconds,
                   std::uint64_t& rounded) const noexcept;
  bool ticks_any(std::int64_t nanoseconds, std::uint64_t& ticks,
                 std::uint64_t& rounded) const noexcept;

  std::uint64_t multiplier_ = 1000;
  std::uint8_t exponent_ = 6;
  bool binary_ = false;
  bool simple_ = true;
  std::int64_t offset_ = 0;
};

}  // namespace weir::savefile
