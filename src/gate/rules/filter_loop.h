// Filters with a loop (protochain): the kernel does not run them, so the process judges their
// packets.
#pragma once

#include "weir/filter/filter.h"

namespace weir::gate {

/// Of a filter that Ethernet or raw IP takes.
[[nodiscard]] bool has_loop(const filter::Filter& filter);

/// Why a rule that drops is refused with one: the process drops nothing.
inline constexpr const char* loop_in_drop =
    "its filter has a loop (protochain), which the kernel does not run: hold and notify may have "
    "such filters, drop may not";

}  // namespace weir::gate
