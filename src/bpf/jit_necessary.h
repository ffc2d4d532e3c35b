// Finds the most telling test every packet has to pass, so that the JIT can make it first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bpf/flow_graph.h"
#include "bpf/jit_needs.h"
#include "bpf/jit_state.h"
#include "weir/bpf/instruction.h"

namespace weir::bpf::jit {

/// A part of the packet, compared with a number.
struct FieldTest {
  Content field;
  std::uint32_t value;
};

/// Tests of which one passes for every packet that is not refused; empty if none are known that
/// are worth to be made before the program's own. Conditions of a filter fail together: a packet
/// that is no TCP to port 443 of one host is told by the host's address without a doubt, by its
/// protocol in every second case, and wrong guesses of the processor cost more than tests do.
[[nodiscard]] std::vector<FieldTest> necessary_tests(ProgramView program,
                                                     std::span<const Entry> entries,
                                                     std::span<const Needs> before);

}  // namespace weir::bpf::jit
