// The ends of a time window as people write them.
#pragma once

#include <string_view>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/savefile/time_window.h"

namespace weir::savefile {

/// RFC 3339 with up to nine digits of a second's fraction, in local time if it names no zone; a
/// date; HH:MM or HH:MM:SS; a duration behind a minus; seconds since 1970 with such a fraction.
/// Where a local clock shows a time twice, the later one is meant if `is_later`. Throws Error
/// (invalid_argument).
[[nodiscard]] WEIR_API WindowEnd parse_time(std::string_view text, bool is_later = false);

}  // namespace weir::savefile
