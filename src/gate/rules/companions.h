// Rules that hold what comes back of flows whose destination other rules change.
#pragma once

#include <span>
#include <vector>

#include "weir/gate/rule.h"

namespace weir::gate {

/// Rules to be asked behind those that pass and before all others, each once: they hold what may be
/// an answer, or an ICMP error, to what one of `rules` has changed, the other way on the same
/// adapter. Of what they hold Changes::is_answer() tells whether it is; for all else the next rules
/// are asked.
[[nodiscard]] std::vector<Rule> companions_of(std::span<const Rule> rules);

}  // namespace weir::gate
