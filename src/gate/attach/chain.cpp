// Places between neighbors.
#include "gate/attach/chain.h"

#include <algorithm>

namespace weir::gate {
namespace {

using sys::Clsact;
using sys::HookPlace;

// tc(8) itself counts down from here.
constexpr std::uint32_t end_of_priorities = 0xc000;
/// The first gate's: hundreds fit behind and before it.
constexpr std::uint32_t first_priority = 0x4000;
/// Of the room behind the last gate, and before the first, the share that a new one leaves between.
constexpr std::uint32_t share_of_ends = 32;

std::optional<Rank> rank_of_program(std::span<const Neighbor> neighbors, std::uint32_t program,
                                    sys::Hook hook) noexcept {
  const auto found = std::ranges::find_if(
      neighbors, [&](const Neighbor& neighbor) { return neighbor.program(hook) == program; });
  if (found == neighbors.end()) return std::nullopt;
  return found->rank;
}

/// What limits a filter put before the one at `position`: others' priorities.
struct Gap {
  std::uint32_t low;
  std::uint32_t high;

  [[nodiscard]] bool is_open() const noexcept { return high - low > 1; }
  [[nodiscard]] std::uint32_t share(std::uint32_t divisor) const noexcept {
    return (high - low) / divisor;
  }
};

Gap gap_before(std::span<const Clsact::Filter> filters, std::size_t position) noexcept {
  const std::uint32_t low = position == 0 ? 0 : filters[position - 1].priority;
  const std::uint32_t high =
      position == filters.size() ? end_of_priorities : filters[position].priority;
  return {low, std::max(low, high)};
}

}  // namespace

HookPlace place_among(const sys::HookPrograms& programs, std::span<const Neighbor> neighbors,
                      Rank rank, sys::Hook hook) noexcept {
  HookPlace place{.where = HookPlace::Where::first, .revision = programs.revision};
  for (const std::uint32_t program : programs.program_ids) {
    const auto other = rank_of_program(neighbors, program, hook);
    if (!other) continue;
    if (runs_before(*other, rank, hook)) {
      place.where = HookPlace::Where::after;
      place.program_id = program;
    } else if (place.where == HookPlace::Where::first) {
      place.where = HookPlace::Where::before;
      place.program_id = program;
    }
  }
  return place;
}

std::optional<Clsact::Priority> priority_among(std::span<const Clsact::Filter> filters, Rank rank,
                                               sys::Hook hook) noexcept {
  // Behind the last gate that runs before us, and no further than the first that runs after us.
  std::size_t first = 0;
  std::size_t last = filters.size();
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const auto other = rank_of(filters[i].name);
    if (!other) continue;
    if (runs_before(*other, rank, hook)) {
      first = i + 1;
      last = filters.size();
    } else {
      last = std::min(last, i);
    }
  }
  const bool is_before_gate = first == 0 && last < filters.size();
  for (std::size_t i = 0; i <= last - first; ++i) {
    const std::size_t position = is_before_gate ? last - i : first + i;
    const Gap gap = gap_before(filters, position);
    if (!gap.is_open()) continue;
    std::uint32_t priority = std::min(first_priority, gap.high / 2);
    if (is_before_gate) priority = gap.high - gap.share(share_of_ends);
    if (first > 0) priority = gap.low + gap.share(last < filters.size() ? 2 : share_of_ends);
    return static_cast<Clsact::Priority>(std::clamp(priority, gap.low + 1, gap.high - 1));
  }
  return std::nullopt;
}

bool is_left_behind(const Clsact::Filter& filter, std::span<const Rank> living) noexcept {
  const auto rank = rank_of(filter.name);
  return rank && std::ranges::find(living, *rank) == living.end();
}

}  // namespace weir::gate
