// The whole seconds of the packets' clock.
#pragma once

#include <cstdint>

#include "flow/ticks.h"

namespace weir::flow {

/// Says how many have begun when time has passed, if that is wanted.
class Seconds {
 public:
  struct Passed {
    std::uint64_t count = 0;
    /// When the last of them began.
    Ticks begin = 0;
  };

  explicit Seconds(bool wanted) noexcept : wanted_{wanted}, next_{wanted ? unknown : never} {}

  /// When the next begins; never, if none will, or none is wanted.
  [[nodiscard]] Ticks next() const noexcept { return next_; }

  /// It is `now`. The first time there is begins none.
  [[nodiscard]] Passed pass(Ticks now) noexcept {
    if (now < next_ || next_ == never) return {};
    if (next_ == unknown) {
      begin(now);
      return {};
    }
    const std::uint64_t more = (now - next_) / second;
    const Ticks last = next_ + more * second;
    next_ = after(last, second);
    return {more + 1, last};
  }

  /// The first time was wrong, and is `now`.
  void set_back(Ticks now) noexcept {
    if (wanted_) begin(now);
  }

 private:
  static constexpr Ticks unknown = 0;
  static constexpr Ticks second = 1'000'000'000;

  void begin(Ticks now) noexcept {
    constexpr Ticks epoch = to_ticks(Timestamp{}) % second;
    next_ = after(now, second - (now % second + second - epoch) % second);
  }

  bool wanted_;
  Ticks next_;
};

}  // namespace weir::flow
