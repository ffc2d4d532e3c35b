// Deadlines against the steady clock.
#include "capture/patience.h"

#include <algorithm>
#include <climits>

namespace weir::capture {

Patience::Patience(Deadline deadline) noexcept : wait_{deadline.wait()} {
  if (none() || wait_ == Duration::max()) return;
  const auto now = Clock::now();
  // What the clock cannot count is for ever.
  if (wait_ > Clock::time_point::max() - now) wait_ = Duration::max();
  until_ = wait_ == Duration::max() ? now : now + wait_;
}

bool Patience::over() const noexcept {
  if (wait_ == Duration::max()) return false;
  return none() || Clock::now() >= until_;
}

int Patience::milliseconds(int most) const noexcept {
  if (wait_ == Duration::max()) return most;
  if (none()) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - Clock::now()).count();
  const std::int64_t limit = most < 0 ? INT_MAX : most;
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, limit));
}

SourceState Patience::state() const noexcept {
  return none() ? SourceState::would_block : SourceState::timeout;
}

}  // namespace weir::capture
