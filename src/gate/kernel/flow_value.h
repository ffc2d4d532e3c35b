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
  std::uint32_t passes = 0;
};

}  // namespace weir::gate
