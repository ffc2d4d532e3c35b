// Draws one instruction after the other.
#include "system/random_program.h"

#include <algorithm>
#include <array>

namespace weir::test {

namespace code = bpf::code;
using bpf::Instruction;

namespace {

constexpr std::array<std::uint16_t, 3> sizes{code::w, code::h, code::b};
constexpr std::array<std::uint16_t, 10> operations{code::add, code::sub, code::mul,  code::div,
                                                   code::mod, code::or_, code::and_, code::xor_,
                                                   code::lsh, code::rsh};
constexpr std::array<std::uint16_t, 4> comparisons{code::jeq, code::jgt, code::jge, code::jset};

Instruction make(unsigned opcode, std::uint32_t k = 0) {
  return {static_cast<std::uint16_t>(opcode), 0, 0, k};
}

}  // namespace

std::uint32_t ProgramMaker::constant() {
  switch (below(4)) {
    case 0:
      return below(32);
    case 1:
      return below(0x10000);
    case 2:
      return 0xffffffff - below(4);
    default:
      return static_cast<std::uint32_t>(random_());
  }
}

/// Mostly near the start, now and then around the end of the copy, or far out.
std::uint32_t ProgramMaker::offset() {
  switch (below(16)) {
    case 0:
      return 250 + below(10);
    case 1:
      return below(1500);
    case 2:
      return below(8) == 0 ? 0x7ffffff8 + below(16) : below(64);
    default:
      return below(40);
  }
}

Instruction ProgramMaker::load() {
  switch (below(8)) {
    case 0:
      return make(code::ld | code::imm, constant());
    case 1:
      return make(code::ldx | code::imm, offset());
    case 2:
      return make(below(2) == 0 ? code::ld | code::len : code::ldx | code::len);
    case 3:
      return make(below(2) == 0 ? code::ld | code::mem : code::ldx | code::mem,
                  below(bpf::memory_size));
    case 4:
      return make(code::ldx | code::b | code::msh, offset());
    case 5:
      return make(code::ld | code::ind | sizes[below(3)],
                  below(32) == 0 ? 0U - below(16) : offset());
    default:
      return make(code::ld | code::abs | sizes[below(3)], offset());
  }
}

Instruction ProgramMaker::arithmetic() {
  if (below(12) == 0) return make(code::alu | code::neg);
  const std::uint16_t operation = operations[below(operations.size())];
  if (below(2) == 0) return make(code::alu | operation | code::x);
  if (operation == code::lsh || operation == code::rsh) {
    return make(code::alu | operation, below(32));
  }
  return make(code::alu | operation, std::max(1U, constant()));
}

/// `left` instructions stand behind it.
Instruction ProgramMaker::jump(std::uint32_t left) {
  const std::uint32_t reach = std::min(left, 12U);
  if (below(6) == 0) return make(code::jmp | code::ja, below(reach));
  Instruction made = make(code::jmp | comparisons[below(comparisons.size())]);
  if (below(3) == 0) {
    made.code |= code::x;
  } else {
    made.k = constant();
  }
  made.jump_true = static_cast<std::uint8_t>(below(reach));
  made.jump_false = static_cast<std::uint8_t>(below(3) == 0 ? 0 : below(reach));
  return made;
}

Instruction ProgramMaker::any(std::uint32_t left) {
  switch (below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return load();
    case 4:
      return make(below(2) == 0 ? code::st : code::stx, below(bpf::memory_size));
    case 5:
      return make(code::misc | (below(2) == 0 ? code::tax : code::txa));
    case 6:
    case 7:
      return jump(left);
    case 8:
      if (below(4) == 0) return make(code::ret | code::a);
      return make(code::alu | code::and_, 0x3f);  // often a usable offset
    default:
      return arithmetic();
  }
}

bpf::Program ProgramMaker::next() {
  bpf::Program program{make(code::ld | code::imm, constant())};
  for (std::uint32_t i = 0; i < bpf::memory_size; ++i) program.push_back(make(code::st, i));
  for (std::uint32_t left = 4 + below(40); left > 0; --left) program.push_back(any(left));
  program.push_back(make(below(3) == 0 ? code::ret | code::a : code::ret | code::k, below(2)));
  return program;
}

}  // namespace weir::test
