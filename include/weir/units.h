// Numbers with units, as people write them: durations, counts and sizes.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/api.h"
#include "weir/error.h"
#include "weir/packet.h"

namespace weir {

/// "500ms", "2s", "5m", "1h"; a bare number is seconds, fractions allowed. Throws Error
/// (invalid_argument) saying what `text` is not.
[[nodiscard]] WEIR_API Duration parse_duration(std::string_view text);

/// The same for how long something goes on: 1ms to 3650d. Days are enough, and no sum of two
/// overflows.
[[nodiscard]] WEIR_API Duration parse_time_span(std::string_view text);

/// "64", "10k", "5M", "2G" (powers of 1000), "4Ki", "64Mi", "1Gi" (of 1024). Throws Error
/// (invalid_argument).
[[nodiscard]] WEIR_API std::uint64_t parse_count(std::string_view text);

}  // namespace weir
