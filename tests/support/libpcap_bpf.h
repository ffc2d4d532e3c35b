// libpcap as the judge of classic BPF: its compiler, verifier, interpreter and disassembler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "weir/bpf/instruction.h"
#include "weir/bytes.h"
#include "weir/link_type.h"

namespace weir::test::libpcap {

/// Throws std::invalid_argument with the compiler's words.
[[nodiscard]] bpf::Program compile(const std::string& expression,
                                   LinkType link_type = LinkType::ethernet, bool optimise = true);
[[nodiscard]] bool validate(bpf::ProgramView program);
/// Precondition: validate(program), and the program knows no codes but libpcap's.
[[nodiscard]] std::uint32_t run(bpf::ProgramView program, Bytes data, std::uint32_t wire_length);
[[nodiscard]] std::string image(const bpf::Instruction& instruction, std::size_t index);

}  // namespace weir::test::libpcap
