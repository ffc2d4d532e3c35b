// Numbers for people: "1,234", "12.3 MB", "1m05s".
#pragma once

#include <cstdint>
#include <string>

#include "record/time/elapsed.h"

namespace weir::record {

/// With commas between thousands.
[[nodiscard]] std::string human_count(std::uint64_t count);

/// Three digits and a unit in powers of 1000, rounded: "999 B", "1.23 kB", "18.4 EB".
[[nodiscard]] std::string human_bytes(std::uint64_t bytes);

/// The same of bits: "999 bit", "1.23 kbit".
[[nodiscard]] std::string human_bits(std::uint64_t bits);

/// Of something in some time: "0.0123", "1.23", "12.3", "123", "1,235".
[[nodiscard]] std::string human_rate(double rate);

/// The nearest integer, 2^64 - 1 for anything larger.
[[nodiscard]] std::uint64_t rounded(double value) noexcept;

/// Three to six digits: "0 s", "12.3 us", "4.56 s", "1m05s", "2h03m", "5d07h".
[[nodiscard]] std::string human_duration(Elapsed duration);

}  // namespace weir::record
