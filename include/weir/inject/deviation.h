// How late packets were, as a histogram of bounded size.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "weir/api.h"
#include "weir/packet.h"

namespace weir::inject {

/// Durations from 0 on, counted in steps that grow with them: what it tells is at most 1/64 too
/// much, and exact below 64 ns. Allocates nothing. A value: const calls from several threads at
/// once.
class Deviation {
 public:
  /// What is negative counts as 0.
  void add(Duration late, std::uint64_t times = 1) noexcept {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(late.count(), 0));
    counts_[step_of(value)] += times;
    count_ += times;
    max_ = std::max(max_, value);
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] Duration max() const noexcept { return Duration{static_cast<std::int64_t>(max_)}; }
  /// What this share of them (0 to 1) did not exceed: 0.99 for p99. 0 where there are none.
  [[nodiscard]] WEIR_API Duration quantile(double share) const noexcept;

 private:
  static constexpr unsigned precision = 6;  // bits of a number that count

  /// Numbers below 64 have a step each, the others 64 for each power of two.
  [[nodiscard]] static constexpr std::size_t step_of(std::uint64_t value) noexcept {
    const unsigned bits = static_cast<unsigned>(std::bit_width(value));
    if (bits <= precision) return value;
    const unsigned shift = bits - precision - 1;
    return (std::size_t{shift + 1} << precision) + ((value >> shift) - (1U << precision));
  }
  /// The largest number of a step.
  [[nodiscard]] static constexpr std::uint64_t end_of(std::size_t step) noexcept {
    const std::size_t power = step >> precision;
    if (power == 0) return step;
    const std::uint64_t first = (std::uint64_t{1} << precision) + (step & ((1U << precision) - 1));
    return ((first + 1) << (power - 1)) - 1;
  }
  static constexpr std::size_t steps = (64 - precision) << precision;

  std::array<std::uint64_t, steps> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace weir::inject
