// What the kernel keeps of a flow that a verdict holds for.
#pragma once

#include <cstdint>

namespace weir::gate {

/// The value of Maps::flows.
struct FlowValue {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  /// The verdict holds while control::flow_generation is the same.
  std::uint32_t generation = 0;
  std::uint16_t passes = 0;
  /// The key is that of the packet with the verdict; the other one of a flow is that of answers.
  std::uint16_t is_first = 0;
};
static_assert(sizeof(FlowValue) == 24);

}  // namespace weir::gate
