// Makes the maps.
#include "gate/kernel/maps.h"

#include "gate/flow_key.h"
#include "gate/kernel/flow_value.h"
#include "gate/kernel/scratch.h"
#include "weir/gate/rule.h"

namespace weir::gate {

Maps::Maps(const Sizes& sizes)
    : programs{slot::count},
      held{sizes.ring},
      notices{sizes.notice_ring},
      scratch{scratch::size, 1},
      adapter_counters{static_cast<std::uint32_t>(hook_fates * sizeof(Tally)), most_adapters * 2},
      rule_hits{sizeof(Tally), most_rules},
      segment_counters{2 * sizeof(Tally), 1},
      adapters{
          {.key = sizeof(std::uint32_t), .value = sizeof(AdapterEntry), .entries = most_adapters}},
      flows{{.key = sizeof(FlowKey), .value = sizeof(FlowValue), .entries = sizes.flows},
            sys::Hash::WhenFull::forget_least},
      control{control::words, 1, sys::MappedArray::Access::write} {}

}  // namespace weir::gate
