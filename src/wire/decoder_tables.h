// What a Decoders value holds, as the walk looks it up.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "steps.h"
#include "weir/wire/decoders.h"

namespace weir::wire {

/// A number that was given a meaning: a step; the user's decoder at that index, where it is user;
/// none, where it is stop.
struct Assigned {
  std::uint16_t number;
  Step step;
  std::uint8_t user;
};

/// Those of one space, in order. Most numbers are none of them, which one bit tells.
class Assignments {
 public:
  /// Replaces what the number had.
  void put(const Assigned& assigned) {
    const auto at = std::ranges::lower_bound(sorted_, assigned.number, {}, &Assigned::number);
    if (at != sorted_.end() && at->number == assigned.number) {
      *at = assigned;
    } else {
      sorted_.insert(at, assigned);
    }
    words_[word(assigned.number)] |= bit(assigned.number);
  }

  /// False for most that it does not hold.
  [[nodiscard]] bool may_hold(std::uint16_t number) const noexcept {
    return (words_[word(number)] & bit(number)) != 0;
  }
  [[nodiscard]] const Assigned* find(std::uint16_t number) const noexcept {
    if (!may_hold(number)) return nullptr;
    const auto at = std::ranges::lower_bound(sorted_, number, {}, &Assigned::number);
    return at != sorted_.end() && at->number == number ? &*at : nullptr;
  }

 private:
  static std::size_t word(std::uint16_t number) noexcept { return number / 64 % 4; }
  static std::uint64_t bit(std::uint16_t number) noexcept {
    return std::uint64_t{1} << (number % 64);
  }
  std::array<std::uint64_t, 4> words_{};
  std::vector<Assigned> sorted_{};
};

struct Decoders::Tables {
  std::array<Assignments, number_space_count> spaces{};
  std::vector<UserDecoder> users{};
  /// Of `users`, those asked by content.
  std::vector<std::uint8_t> content{};
  bool keeps_plain_datagrams = true;

  /// Precondition: a number of the space, and a user that is there.
  void put(NumberSpace space, const Assigned& assigned);

  [[nodiscard]] const Assignments& of(NumberSpace space) const noexcept {
    return spaces[std::to_underlying(space)];
  }
};

}  // namespace weir::wire
