// Finds the moments that the ends of a window mean.
#include "weir/savefile/time_window.h"

#include <chrono>

#include "weir/local_time.h"

namespace weir::savefile {
namespace {

using std::chrono::seconds;

/// So long after local midnight of a day; the bound beyond it where 64-bit nanoseconds end.
Timestamp moment_on(std::chrono::local_days day, const WindowEnd& end) noexcept {
  constexpr seconds limit = std::chrono::floor<seconds>(Duration::max()) - seconds{1};
  const auto whole = std::chrono::floor<seconds>(end.span);
  const LocalMoments moments = moments_of(day + whole);
  const auto time = (end.is_later ? moments.later : moments.earlier).time_since_epoch();
  if (time > limit || time < -limit) return end.is_later ? Timestamp::max() : Timestamp::min();
  return Timestamp{time} + (end.span - whole);
}

}  // namespace

void TimeWindow::start_at(Timestamp first) noexcept {
  const auto today =
      std::chrono::floor<std::chrono::days>(local_time(std::chrono::floor<seconds>(first)));
  for (WindowEnd* const end : {&since_, &until_}) {
    if (end->kind != WindowEnd::Kind::clock) continue;
    end->moment = moment_on(today, *end);
    end->kind = WindowEnd::Kind::moment;
  }
}

void TimeWindow::end_at(Timestamp last) noexcept {
  for (WindowEnd* const end : {&since_, &until_}) {
    if (end->kind != WindowEnd::Kind::before_end) continue;
    const bool is_in_range = last.time_since_epoch() > Duration::min() + end->span;
    end->moment = is_in_range ? last - end->span : Timestamp::min();
    end->kind = WindowEnd::Kind::moment;
  }
}

}  // namespace weir::savefile
