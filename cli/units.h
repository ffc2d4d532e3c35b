// Numbers with units, as options take them: durations, counts and sizes.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/packet.h"

namespace weir::cli {

/// "500ms", "2s", "5m", "1h"; a bare number is seconds, fractions allowed. Throws UsageError naming
/// `option`.
[[nodiscard]] Duration parse_duration(std::string_view text, std::string_view option);

/// The same for how long something goes on: 1ms to 3650d. Days are enough, and no sum of two
/// overflows.
[[nodiscard]] Duration parse_time_span(std::string_view text, std::string_view option);

/// "64", "10k", "5M", "2G" (powers of 1000), "4Ki", "64Mi", "1Gi" (of 1024). Throws UsageError
/// naming `option`.
[[nodiscard]] std::uint64_t parse_count(std::string_view text, std::string_view option);

}  // namespace weir::cli
