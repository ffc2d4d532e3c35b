// What clocks on the wall show, by the local time zone.
#pragma once

#include <chrono>

#include "weir/api.h"

namespace weir {

/// Seconds that local time is ahead of UTC at that moment.
[[nodiscard]] WEIR_API std::chrono::seconds utc_offset(std::chrono::sys_seconds time) noexcept;

/// What they show at that moment.
[[nodiscard]] WEIR_API std::chrono::local_seconds local_time(
    std::chrono::sys_seconds time) noexcept;

/// When they show a time. Two moments where they are set back over it; where they are set forward
/// over it both are the moment of that.
struct LocalMoments {
  std::chrono::sys_seconds earlier{};
  std::chrono::sys_seconds later{};
};
[[nodiscard]] WEIR_API LocalMoments moments_of(std::chrono::local_seconds time) noexcept;

}  // namespace weir
