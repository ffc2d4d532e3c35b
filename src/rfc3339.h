// Times as RFC 3339 UTC text with nine digits: "2026-01-02T03:04:05.123456789Z".
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "weir/packet.h"

namespace weir {

/// Writes times; keeps the date of the last day it met, because
/// neighbours share it.
///
/// Every Timestamp has a four-digit year: 64 bits of nanoseconds reach from 1677 to 2262.
class Rfc3339 {
 public:
  static constexpr std::size_t size = 30;

  /// Writes `size` characters and returns their end.
  char* write(char* to, Timestamp time) noexcept;

 private:
  std::int64_t day_ = std::numeric_limits<std::int64_t>::min();
  char date_[11] = {};  // NOLINT: "2026-01-02T"
};

}  // namespace weir
