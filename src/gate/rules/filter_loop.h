// Filters with a loop (protochain): the kernel does not run them, so the process judges their
// packets.
#pragma once

#include "weir/filter/filter.h"
#include "weir/gate/rule.h"

namespace weir::gate {

/// Of a filter that Ethernet or raw IP takes.
[[nodiscard]] bool has_loop(const filter::Filter& filter);

/// Throws Error (invalid_argument) where what the rule does cannot be done by the process.
void check_loop(const Rule& rule, const filter::Filter& filter);

}  // namespace weir::gate
