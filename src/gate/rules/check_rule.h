// What a rule must keep to, whether it came as text or as a value.
#pragma once

#include <chrono>

#include "weir/gate/rule.h"

namespace weir::gate {

inline constexpr Duration max_delay = std::chrono::hours{1};

/// Throws Error (invalid_argument) for one that cannot be; its filter is not looked at.
void check_rule(const Rule& rule);

}  // namespace weir::gate
