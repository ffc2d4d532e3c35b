// Numbers for people.
#include "record/human_units.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <string_view>

namespace weir::record {
namespace {

// Thousandths of a unit, which is a power of 1000 and at least 1000.
std::uint64_t thousandths(std::uint64_t value, std::uint64_t unit) { return value / (unit / 1000); }

// value / unit with three digits, rounded to nearest.
std::string three_digits(std::uint64_t value, std::uint64_t unit) {
  const std::uint64_t exact = thousandths(value, unit);
  const std::size_t decimals = exact >= 99'950 ? 0 : exact >= 9'995 ? 1 : 2;
  const std::uint64_t scale = decimals == 0 ? 1 : decimals == 1 ? 10 : 100;
  const std::uint64_t rounded = (exact + 500 / scale) / (1000 / scale);
  std::string text = std::to_string(rounded / scale);
  if (decimals == 0) return text;
  const std::string fraction = std::to_string(rounded % scale);
  return text + '.' + std::string(decimals - fraction.size(), '0') + fraction;
}

template <std::size_t count>
std::string in_powers(std::uint64_t value, const std::array<std::string_view, count>& units) {
  if (value < 1000) return std::to_string(value) + ' ' + std::string{units[0]};
  std::uint64_t unit = 1000;
  std::size_t index = 1;
  // 999.5 of a unit and more would be rounded to 1000 of it.
  while (index + 1 < count && thousandths(value, unit) >= 999'500) {
    unit *= 1000;
    ++index;
  }
  return three_digits(value, unit) + ' ' + std::string{units[index]};
}

std::string clock_units(std::uint64_t large, char large_unit, std::uint64_t small,
                        char small_unit) {
  std::string text = std::to_string(large) + large_unit;
  if (small < 10) text += '0';
  return text + std::to_string(small) + small_unit;
}

}  // namespace

std::string human_count(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 7> units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  return in_powers(bytes, units);
}

std::string human_bits(std::uint64_t bits) {
  constexpr std::array<std::string_view, 7> units{"bit",  "kbit", "Mbit", "Gbit",
                                                  "Tbit", "Pbit", "Ebit"};
  return in_powers(bits, units);
}

std::string human_rate(double rate) {
  return rate < 999.5 ? fmt::format("{:.3g}", rate) : human_count(rounded(rate));
}

std::uint64_t rounded(double value) noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return value >= static_cast<double>(most) ? most : static_cast<std::uint64_t>(std::round(value));
}

std::string human_duration(Elapsed duration) {
  const std::uint64_t nanoseconds = duration.count();
  if (nanoseconds == 0) return "0 s";
  const std::uint64_t seconds = nanoseconds / 1'000'000'000;
  if (seconds < 60) {
    constexpr std::array<std::string_view, 4> units{"ns", "us", "ms", "s"};
    return in_powers(nanoseconds, units);
  }
  if (seconds < 3600) return clock_units(seconds / 60, 'm', seconds % 60, 's');
  if (seconds < 86400) return clock_units(seconds / 3600, 'h', seconds / 60 % 60, 'm');
  return clock_units(seconds / 86400, 'd', seconds / 3600 % 24, 'h');
}

}  // namespace weir::record
