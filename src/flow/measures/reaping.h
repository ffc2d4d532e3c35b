// The time spent ending flows by time, from a sample.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "weir/flow/tracker.h"

namespace weir::flow {

/// Takes the time of one turn in 16, and of the others as much as their work is like theirs.
class Reaping {
 public:
  static constexpr std::uint64_t sampled = 16;

  explicit Reaping(Clock clock) noexcept : clock_{clock} {}

  [[nodiscard]] bool has_clock() const noexcept { return clock_ != nullptr; }

  /// One turn, as long as it lives; `ended` grows with what is done. Precondition: has_clock().
  class Turn {
   public:
    Turn(Reaping& reaping, const std::uint64_t& ended) noexcept
        : reaping_{reaping},
          ended_{ended},
          before_{ended},
          is_sampled_{reaping.turns_ % sampled == 0},
          begin_{is_sampled_ ? reaping.clock_() : Duration{}} {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      const std::uint64_t work = 1 + ended_ - before_;
      ++reaping_.turns_;
      reaping_.work_ += work;
      if (!is_sampled_) return;
      reaping_.sampled_work_ += work;
      reaping_.sampled_time_ += std::max(reaping_.clock_() - begin_, Duration{});
    }

   private:
    Reaping& reaping_;
    const std::uint64_t& ended_;
    std::uint64_t before_;
    bool is_sampled_;
    Duration begin_;
  };

  /// None without a clock.
  [[nodiscard]] std::optional<Duration> time() const noexcept {
    if (clock_ == nullptr) return std::nullopt;
    if (sampled_work_ == 0) return Duration{};
    const double share = static_cast<double>(work_) / static_cast<double>(sampled_work_);
    const double time = static_cast<double>(sampled_time_.count()) * share;
    constexpr double longest = 9e18;  // ns, within Duration
    return Duration{static_cast<Duration::rep>(std::min(time, longest))};
  }

 private:
  Clock clock_;
  std::uint64_t turns_ = 0;
  /// Turns, and flows ended in them.
  std::uint64_t work_ = 0;
  std::uint64_t sampled_work_ = 0;
  Duration sampled_time_{};
};

}  // namespace weir::flow
