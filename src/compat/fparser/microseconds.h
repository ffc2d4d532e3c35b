// Times as FParser tells them.
#pragma once

#include <chrono>
#include <cstdint>

#include "weir/packet.h"

namespace weir::compat::fparser {

/// Since 1970, rounded down.
inline std::int64_t microseconds(Timestamp time) noexcept {
  return std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
}

}  // namespace weir::compat::fparser
