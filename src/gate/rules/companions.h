// Rules that hold what comes back of flows whose destination other rules change.
#pragma once

#include <optional>

#include "weir/gate/rule.h"

namespace weir::gate {

/// A rule to be asked right before this one, if it changes a destination: it holds what may be an
/// answer, or an ICMP error, to what it has changed, the other way on the same adapter. Of what is
/// held Changes::is_answer() tells whether it is; for all else the next rules are asked.
[[nodiscard]] std::optional<Rule> companion_of(const Rule& rule);

}  // namespace weir::gate
