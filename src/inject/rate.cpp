// Parses rates, and adds up what is due by them.
#include "weir/inject/rate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace weir::inject {
namespace {

constexpr double second = 1e9;

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw Error{ErrorCode::invalid_argument, fmt::format("'{}' is {}", text, why)};
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct Unit {
  std::string_view name;
  Rate::Kind kind;
  double factor;
};
constexpr std::array units{
    Unit{"x", Rate::Kind::recorded, 1},     Unit{"pps", Rate::Kind::packets, 1},
    Unit{"kpps", Rate::Kind::packets, 1e3}, Unit{"mpps", Rate::Kind::packets, 1e6},
    Unit{"gpps", Rate::Kind::packets, 1e9}, Unit{"bps", Rate::Kind::bits, 1},
    Unit{"kbps", Rate::Kind::bits, 1e3},    Unit{"mbps", Rate::Kind::bits, 1e6},
    Unit{"gbps", Rate::Kind::bits, 1e9},
};

const Unit* unit_of(std::string_view name) {
  const auto same = [&](const Unit& unit) {
    return std::ranges::equal(unit.name, name, {}, {}, lower);
  };
  const auto* const found = std::ranges::find_if(units, same);
  return found == units.end() ? nullptr : found;
}

/// What is beyond 290 years is never due.
constexpr Duration never{9'200'000'000'000'000'000};

Duration duration_of(double nanoseconds) noexcept {
  constexpr auto longest = static_cast<double>(never.count());
  return Duration{static_cast<std::int64_t>(std::llround(std::min(nanoseconds, longest)))};
}

/// From what a clock says to the time stamp; nothing where that is none of its own.
std::optional<Duration> plausible_gap(Timestamp clock, Timestamp stamp) noexcept {
  // Stamps are any 64 bits: their difference may be more.
  std::int64_t difference = 0;
  if (__builtin_sub_overflow(stamp.time_since_epoch().count(), clock.time_since_epoch().count(),
                             &difference)) {
    return std::nullopt;
  }
  const Duration gap{difference};
  if (gap > Schedule::longest_step_ahead || gap < -Schedule::longest_step_back) return std::nullopt;
  return gap;
}

}  // namespace

Rate parse_rate(std::string_view text) {
  if (text == "recorded") return {};
  if (text == "top") return {.kind = Rate::Kind::top};
  double value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(rest - text.data());
  const Unit* const unit = problem == std::errc{} ? unit_of(text.substr(length)) : nullptr;
  if (unit == nullptr) {
    refuse(text, "no rate: recorded, top, 2x, 10kpps (packets a second) or 100mbps (bits)");
  }
  const Rate rate{.kind = unit->kind, .value = value * unit->factor};
  if (!(rate.value > 0)) refuse(text, "no rate that ever sends anything");
  if (rate.value > 1e15) refuse(text, "too fast; top is as fast as the adapter takes them");
  if (rate.value < 1e-6) refuse(text, "too slow");
  return rate;
}

Duration Schedule::due(const Packet& packet, std::size_t length) noexcept {
  Duration due{};
  switch (rate_.kind) {
    case Rate::Kind::recorded: {
      const Duration passed =
          has(packet.flags, PacketFlags::no_timestamp) ? passed_ : recorded(packet.timestamp);
      if (rate_.value == 1) return passed;
      due = duration_of(static_cast<double>(passed.count()) / rate_.value);
      break;
    }
    case Rate::Kind::packets:
      due = duration_of(static_cast<double>(packets_) / rate_.value * second);
      break;
    case Rate::Kind::bits:
      due = duration_of(static_cast<double>(bytes_) * 8 / rate_.value * second);
      break;
    case Rate::Kind::top:
      break;
  }
  ++packets_;
  bytes_ += length;
  return due;
}

// Of clocks that could have stamped a packet the one is believed that has it wait the least: two
// that take turns would add the time between them each time otherwise.
Duration Schedule::recorded(Timestamp time) noexcept {
  std::size_t best = clock_count_;
  Duration gap{};
  for (std::size_t i = 0; i < clock_count_; ++i) {
    const auto since = plausible_gap(clocks_[i], time);
    if (!since || (best != clock_count_ && abs(*since) >= abs(gap))) continue;
    best = i;
    gap = *since;
  }
  if (best == clock_count_) {  // one that nobody knows
    if (clock_count_ < clocks_.size()) ++clock_count_;
    best = std::min(best, clocks_.size() - 1);
    clocks_[best] = time;
    if (clock_count_ > 1) ++clock_steps_;
  } else if (best != 0) {
    ++clock_steps_;
  }
  std::rotate(clocks_.begin(), clocks_.begin() + static_cast<std::ptrdiff_t>(best),
              clocks_.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  if (gap > Duration::zero()) pass(gap);
  return passed_;
}

void Schedule::pass(Duration gap) noexcept {
  passed_ += std::min({gap, max_gap_, never - passed_});
  std::size_t left = 0;
  for (std::size_t i = 0; i < clock_count_; ++i) {
    std::int64_t moved = 0;
    const bool is_over =  // what a damaged stamp said may be the end of time
        __builtin_add_overflow(clocks_[i].time_since_epoch().count(), gap.count(), &moved);
    if (!is_over) clocks_[left++] = Timestamp{Duration{moved}};
  }
  clock_count_ = left;
}

}  // namespace weir::inject
