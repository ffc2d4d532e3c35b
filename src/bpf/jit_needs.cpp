// The backward pass. Nothing is known of what follows a backward jump: all may be needed there.
#include "bpf/jit_needs.h"

#include <algorithm>

namespace weir::bpf::jit {
namespace {

constexpr Needs everything{.a = Demand::number, .x = true, .memory = 0xffff, .captured = 0};

void at_least(Demand& demand, Demand other) noexcept { demand = std::max(demand, other); }

void before_load(Needs& needs, const Instruction& instruction) noexcept {
  const std::uint64_t end = std::uint64_t{instruction.k} + load_size(instruction);
  const bool wanted = needs.a != Demand::none;
  needs.a = Demand::none;
  switch (instruction.code & 0xe0) {
    case code::abs:
      needs.captured = std::max(needs.captured, end);
      break;
    case code::ind:
      // X is at least 0. It is read even where A is not: the load may refuse the packet.
      needs.captured = std::max(needs.captured, end);
      needs.x = true;
      break;
    case code::mem:
      if (wanted) needs.memory |= static_cast<std::uint16_t>(1U << instruction.k);
      break;
    default:
      break;
  }
}

void before_load_x(Needs& needs, const Instruction& instruction) noexcept {
  const unsigned mode = instruction.code & 0xe0;
  if (mode == code::msh) {
    needs.captured = std::max(needs.captured, std::uint64_t{instruction.k} + 1);
  } else if (mode == code::mem && needs.x) {
    needs.memory |= static_cast<std::uint16_t>(1U << instruction.k);
  }
  needs.x = false;
}

void before_store(Needs& needs, const Instruction& instruction) noexcept {
  const auto cell = static_cast<std::uint16_t>(1U << instruction.k);
  if ((needs.memory & cell) == 0) return;
  needs.memory &= static_cast<std::uint16_t>(~cell);
  if (instruction.code == code::stx) {
    needs.x = true;
  } else {
    needs.a = Demand::number;
  }
}

void before_arithmetic(Needs& needs, const Instruction& instruction) noexcept {
  const unsigned operation = instruction.code & 0xf0;
  const bool by_x = (instruction.code & code::x) != 0;
  const bool divides = operation == code::div || operation == code::mod;
  // Division by X = 0 refuses the packet, whether the quotient is read or not.
  if (by_x && (divides || needs.a != Demand::none)) needs.x = true;
  const bool keeps_order = operation == code::and_ && !by_x;
  if (needs.a != Demand::none && !keeps_order) needs.a = Demand::number;
}

void before_jump(Needs& needs, const Instruction& instruction) noexcept {
  const unsigned operation = instruction.code & 0xf0;
  if (operation == code::ja || instruction.jump_true == instruction.jump_false) return;
  const bool by_x = (instruction.code & code::x) != 0;
  needs.x |= by_x;
  const bool pattern = !by_x && (operation == code::jeq || operation == code::jset);
  at_least(needs.a, pattern ? Demand::pattern : Demand::number);
}

void before_move(Needs& needs, const Instruction& instruction) noexcept {
  if (instruction.code == (code::misc | code::txa)) {
    needs.x |= needs.a != Demand::none;
    needs.a = Demand::none;
  } else {
    if (needs.x) needs.a = Demand::number;
    needs.x = false;
  }
}

Needs before(Needs needs, const Instruction& instruction) noexcept {
  switch (instruction.code & 0x07) {
    case code::ld:
      before_load(needs, instruction);
      break;
    case code::ldx:
      before_load_x(needs, instruction);
      break;
    case code::st:
    case code::stx:
      before_store(needs, instruction);
      break;
    case code::alu:
      before_arithmetic(needs, instruction);
      break;
    case code::jmp:
      before_jump(needs, instruction);
      break;
    case code::misc:
      before_move(needs, instruction);
      break;
    default:
      if ((instruction.code & code::a) != 0) {
        needs = {.a = Demand::number, .captured = 0};
      } else if (instruction.k != 0) {
        needs.captured = 0;
      }
  }
  return needs;
}

}  // namespace

unsigned load_size(const Instruction& instruction) noexcept {
  switch (instruction.code & 0x18) {
    case code::w:
      return 4;
    case code::h:
      return 2;
    default:
      return 1;
  }
}

Needs needs_after(ProgramView program, std::span<const Entry> entries,
                  std::span<const Needs> before, std::size_t index) {
  Needs needs;
  for (const std::size_t next : Successors{program[index], index}) {
    Needs there = next > index ? before[next] : everything;
    // Paths that meet have to agree on the order of the octets of A.
    if (entries[next].merge && there.a == Demand::pattern) there.a = Demand::number;
    at_least(needs.a, there.a);
    needs.x |= there.x;
    needs.memory |= there.memory;
    needs.captured = std::min(needs.captured, there.captured);
  }
  return needs;
}

std::vector<Needs> needs_before(ProgramView program, std::span<const Entry> entries) {
  std::vector<Needs> found(program.size());
  for (std::size_t i = program.size(); i-- > 0;) {
    if (!entries[i].reachable) continue;
    found[i] = before(needs_after(program, entries, found, i), program[i]);
  }
  return found;
}

}  // namespace weir::bpf::jit
