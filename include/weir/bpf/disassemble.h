// Classic BPF programs as text, in the forms of tcpdump -d, -dd and -ddd.
#pragma once

#include <cstddef>
#include <string>

#include "weir/api.h"
#include "weir/bpf/instruction.h"

namespace weir::bpf {

/// One instruction without the end of line: "(001) jeq      #0x800           jt 2\tjf 5".
[[nodiscard]] WEIR_API std::string disassemble(const Instruction& instruction, std::size_t index);

/// A line per instruction (tcpdump -d).
[[nodiscard]] WEIR_API std::string disassemble(ProgramView program);
/// Initialisers of struct bpf_insn, a line each (tcpdump -dd).
[[nodiscard]] WEIR_API std::string c_initializers(ProgramView program);
/// The number of instructions, then "code jt jf k" a line each (tcpdump -ddd).
[[nodiscard]] WEIR_API std::string decimal(ProgramView program);

}  // namespace weir::bpf
