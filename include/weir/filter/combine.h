// Joins classic BPF programs as "and", "or" and "not" join expressions.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/bpf/instruction.h"

namespace weir::filter {

// What holds for all of these: the programs must have been verified (bpf::verify); the second runs
// with registers and memory as new; a load beyond the captured octets refuses the packet, whichever
// program it is in, as it does within one expression of pcap-filter(7).

/// Returns what the second program returns, or 0 if the first does.
[[nodiscard]] WEIR_API bpf::Program both(bpf::Program first, bpf::ProgramView second);
/// Returns what the first program returns, or what the second does if that is 0.
[[nodiscard]] WEIR_API bpf::Program either(bpf::Program first, bpf::ProgramView second);
/// Returns 0 where the program does not, and everything (all octets) where it returns 0.
[[nodiscard]] WEIR_API bpf::Program negation(bpf::Program program);
/// The program, for packets of `least` to `most` octets on the wire (both inclusive); 0 for others.
[[nodiscard]] WEIR_API bpf::Program with_wire_length(std::uint32_t least, std::uint32_t most,
                                                     bpf::ProgramView program);

}  // namespace weir::filter
