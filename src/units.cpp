// Parses durations and counts.
#include "weir/units.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "weir/error.h"

namespace weir {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::array durations{
    Unit{"", second},
    Unit{"s", second},
    Unit{"ms", 1'000'000},
    Unit{"us", 1'000},
    Unit{"ns", 1},
    Unit{"m", 60 * second},
    Unit{"min", 60 * second},
    Unit{"h", 3'600 * second},
    Unit{"d", 86'400 * second},
};
constexpr std::array counts{
    Unit{"", 1},
    Unit{"k", 1'000},
    Unit{"K", 1'000},
    Unit{"M", 1'000'000},
    Unit{"G", 1'000'000'000},
    Unit{"Ki", 1ULL << 10U},
    Unit{"Mi", 1ULL << 20U},
    Unit{"Gi", 1ULL << 30U},
};

/// Every target type here holds it.
constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t longest_duration = 9'200'000'000'000'000'000;
constexpr Duration shortest_span = std::chrono::milliseconds{1};
constexpr Duration longest_span = std::chrono::days{3650};

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw Error{ErrorCode::invalid_argument, "'" + std::string{text} + "' is " + why};
}

__extension__ using Wide = unsigned __int128;

/// A number as it is written: `digits` / `divisor`, exact.
struct Decimal {
  std::uint64_t digits = 0;
  std::uint64_t divisor = 1;
};

/// Digits with at most one point among them; nothing if they are more than 64 bits hold.
std::optional<Decimal> exact(std::string_view text) {
  if (text.find('.') != std::string_view::npos) {
    while (text.ends_with('0')) text.remove_suffix(1);
  }
  Decimal decimal;
  bool is_behind_point = false;
  for (const char c : text) {
    if (c == '.' && !is_behind_point) {
      is_behind_point = true;
      continue;
    }
    const Wide digits = Wide{decimal.digits} * 10 + static_cast<unsigned>(c - '0');
    if (c < '0' || c > '9' || digits > limit || decimal.divisor > limit / 10) return std::nullopt;
    decimal.digits = static_cast<std::uint64_t>(digits);
    if (is_behind_point) decimal.divisor *= 10;
  }
  return decimal;
}

/// A number times its unit, to the nearest, and whether that is exact; limit + 1 if it is beyond.
struct Amount {
  std::uint64_t rounded = 0;
  bool is_whole = true;
};

Amount times(const Decimal& decimal, std::uint64_t factor) {
  const Wide product = Wide{decimal.digits} * factor;
  const Wide rounded = (product + decimal.divisor / 2) / decimal.divisor;
  return {rounded > limit ? limit + 1 : static_cast<std::uint64_t>(rounded),
          product % decimal.divisor == 0};
}

/// Of numbers with an exponent, or more digits than matter.
Amount times(double value, std::uint64_t factor) {
  const double product = value * static_cast<double>(factor);
  if (product >= static_cast<double>(limit)) return {.rounded = limit + 1};
  return {static_cast<std::uint64_t>(std::llround(product)), product == std::floor(product)};
}

template <std::size_t N>
Amount parse(std::string_view text, const std::array<Unit, N>& units) {
  double value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(rest - text.data());
  if (problem == std::errc{} && value >= 0) {
    for (const Unit& unit : units) {
      if (unit.name != text.substr(length)) continue;
      const auto decimal = exact(text.substr(0, length));
      return decimal ? times(*decimal, unit.factor) : times(value, unit.factor);
    }
  }
  std::string why = "not a number with one of the units";
  for (const Unit& unit : units) why += unit.name.empty() ? "" : " " + std::string{unit.name};
  refuse(text, why);
}

}  // namespace

Duration parse_duration(std::string_view text) {
  const std::uint64_t duration = parse(text, durations).rounded;
  if (duration > longest_duration) refuse(text, "more than 290 years");
  return Duration{static_cast<std::int64_t>(duration)};
}

Duration parse_time_span(std::string_view text) {
  const std::uint64_t span = parse(text, durations).rounded;
  if (span > limit || Duration{static_cast<std::int64_t>(span)} < shortest_span ||
      Duration{static_cast<std::int64_t>(span)} > longest_span) {
    refuse(text, "not within 1ms to 3650d");
  }
  return Duration{static_cast<std::int64_t>(span)};
}

std::uint64_t parse_count(std::string_view text) {
  const Amount count = parse(text, counts);
  if (count.rounded > limit) refuse(text, "too large");
  if (!count.is_whole) refuse(text, "no whole number");
  return count.rounded;
}

}  // namespace weir
