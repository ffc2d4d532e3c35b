// The two traces.
#pragma once

#include <cstdint>

#include "trace_file.h"

namespace bench {

/// Realistic sizes and protocols. `packets` is a target, exceeded by less than a thousandth.
void write_mixed(TraceFile& file, std::uint64_t seed, std::uint64_t packets);

/// Frames of 64 bytes (without FCS), ten to a flow, all flows alive at once.
void write_small(TraceFile& file, std::uint64_t seed, std::uint64_t packets);

}  // namespace bench
