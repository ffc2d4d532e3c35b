// How much longer a call may wait.
#pragma once

#include <chrono>

#include "weir/source.h"

namespace weir::capture {

class Patience {
 public:
  explicit Patience(Deadline deadline) noexcept;

  [[nodiscard]] bool over() const noexcept;
  /// There never was any.
  [[nodiscard]] bool none() const noexcept { return wait_ <= Duration::zero(); }
  /// For poll(2), rounded up; negative is for ever. At most `most`, unless that is negative.
  [[nodiscard]] int milliseconds(int most = -1) const noexcept;
  /// What a source says when there are no packets and no patience.
  [[nodiscard]] SourceState state() const noexcept;

 private:
  using Clock = std::chrono::steady_clock;

  Duration wait_;
  Clock::time_point until_{};
};

}  // namespace weir::capture
