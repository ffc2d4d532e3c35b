// Random classic programs that also load around the end of what translations copy, and far behind.
#pragma once

#include <random>

#include "support/bpf_program.h"

namespace weir::test {

/// All cells of M[] are written first; jumps go forward.
inline bpf::Program far_program(std::mt19937_64& random) {
  std::vector<std::uint8_t> bytes(8 * (4 + random() % 40));
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  bpf::Program program = program_from(bytes, {.memory_written = true});
  for (bpf::Instruction& it : program) {
    const unsigned mode = it.code & 0xe0U;
    const bool reads_frame = (it.code & 7U) <= bpf::code::ldx && mode != bpf::code::imm &&
                             mode != bpf::code::mem && mode != bpf::code::len;
    if (!reads_frame) continue;
    const auto choice = random();
    const auto number = static_cast<std::uint32_t>(random());
    if (choice % 8 == 0) it.k = 250 + number % 10;
    if (choice % 16 == 1) it.k = number % 1500;
  }
  return program;
}

}  // namespace weir::test
