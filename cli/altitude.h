// Where a gate stands among others, as --altitude takes it.
#pragma once

#include <cstdint>
#include <string>

namespace weir::cli {

/// 0 for an empty text. Throws UsageError.
[[nodiscard]] std::int32_t parse_altitude(const std::string& text);

}  // namespace weir::cli
