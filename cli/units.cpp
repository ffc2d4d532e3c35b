// Parses durations and counts.
#include "units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "exit_code.h"

namespace weir::cli {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array durations{
    Unit{"", 1e9},   Unit{"s", 1e9},    Unit{"ms", 1e6},   Unit{"us", 1e3},    Unit{"ns", 1},
    Unit{"m", 60e9}, Unit{"min", 60e9}, Unit{"h", 3600e9}, Unit{"d", 86400e9},
};
constexpr std::array counts{
    Unit{"", 1},    Unit{"k", 1e3},     Unit{"K", 1e3},        Unit{"M", 1e6},
    Unit{"G", 1e9}, Unit{"Ki", 1024.0}, Unit{"Mi", 1048576.0}, Unit{"Gi", 1073741824.0},
};

/// The largest value a double holds that still fits every target type here.
constexpr double limit = 9.2e18;
constexpr double shortest_span = 1e6;
constexpr double longest_span = 3650 * 86400e9;

std::string refusal(std::string_view text, std::string_view option) {
  return std::string{option} + ": '" + std::string{text} + "' is ";
}

template <std::size_t N>
double parse(std::string_view text, std::string_view option, const std::array<Unit, N>& units) {
  double value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view suffix{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
  if (problem == std::errc{} && value >= 0) {
    for (const Unit& unit : units) {
      if (unit.name == suffix) return value * unit.factor;
    }
  }
  std::string message = refusal(text, option) + "not a number with one of the units";
  for (const Unit& unit : units) message += unit.name.empty() ? "" : " " + std::string{unit.name};
  throw UsageError{message};
}

}  // namespace

Duration parse_duration(std::string_view text, std::string_view option) {
  const double duration = parse(text, option, durations);
  if (duration > limit) throw UsageError{refusal(text, option) + "more than 290 years"};
  return Duration{std::llround(duration)};
}

Duration parse_time_span(std::string_view text, std::string_view option) {
  const double span = parse(text, option, durations);
  if (span < shortest_span || span > longest_span) {
    throw UsageError{refusal(text, option) + "not within 1ms to 3650d"};
  }
  return Duration{std::llround(span)};
}

std::uint64_t parse_count(std::string_view text, std::string_view option) {
  const double count = parse(text, option, counts);
  if (count > limit) throw UsageError{refusal(text, option) + "too large"};
  if (count != std::floor(count)) throw UsageError{refusal(text, option) + "no whole number"};
  return static_cast<std::uint64_t>(count);
}

}  // namespace weir::cli
