// Values of per-processor arrays, added up.
#include "gate/hook_counters.h"

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "sys/bytes_of.h"

namespace weir::gate {
namespace {

/// `sums`: as many as the value has.
void add_up(const sys::BpfMap& map, std::uint32_t key, std::span<Tally> sums) {
  const std::uint32_t processors = sys::processor_numbers();
  std::vector<Tally> values(sums.size() * processors);
  const MutableBytes bytes{reinterpret_cast<std::uint8_t*>(values.data()),
                           values.size() * sizeof(Tally)};
  if (map.look_up(sys::bytes_of(key), bytes) != 0) return;
  for (std::size_t i = 0; i < values.size(); ++i) sums[i % sums.size()] += values[i];
}

}  // namespace

AdapterCounters adapter_counters(const Maps& maps, std::uint32_t key) {
  std::array<Tally, hook_fates> sums{};
  add_up(maps.adapter_counters, key, sums);
  const auto of = [&](HookFate fate) { return sums[static_cast<std::size_t>(fate)]; };
  AdapterCounters counters;
  counters.seen = of(HookFate::seen);
  counters.unmatched = of(HookFate::unmatched);
  counters.passed = of(HookFate::passed);
  counters.dropped = of(HookFate::dropped);
  counters.notified = of(HookFate::notified);
  counters.not_notified = of(HookFate::not_notified);
  counters.held = of(HookFate::held);
  counters.segmented = of(HookFate::segmented);
  counters.flow_passed = of(HookFate::flow_passed);
  counters.flow_dropped = of(HookFate::flow_dropped);
  counters.full_passed = of(HookFate::full_passed);
  counters.full_dropped = of(HookFate::full_dropped);
  counters.hang_passed = of(HookFate::hang_passed);
  counters.hang_dropped = of(HookFate::hang_dropped);
  counters.unreadable = of(HookFate::unreadable);
  counters.reinjected = of(HookFate::reinjected);
  counters.foreign = of(HookFate::foreign);
  return counters;
}

Tally rule_hits(const Maps& maps, std::uint32_t number) {
  Tally sum;
  add_up(maps.rule_hits, number, {&sum, 1});
  return sum;
}

Tally segment_counters(const Maps& maps, SegmentFate fate) {
  std::array<Tally, 2> sums{};
  add_up(maps.segment_counters, 0, sums);
  return sums[static_cast<std::size_t>(fate)];
}

}  // namespace weir::gate
