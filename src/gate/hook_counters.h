// Reads what the kernel's programs have counted.
#pragma once

#include <cstdint>

#include "gate/kernel/maps.h"
#include "weir/gate/counters.h"

namespace weir::gate {

/// Over all processors; names and index are left to the caller. `key`: of Maps::adapter_counters.
[[nodiscard]] AdapterCounters adapter_counters(const Maps& maps, std::uint32_t key);
/// Of a rule, by its number.
[[nodiscard]] Tally rule_hits(const Maps& maps, std::uint32_t number);
[[nodiscard]] Tally segment_counters(const Maps& maps, SegmentFate fate);

}  // namespace weir::gate
