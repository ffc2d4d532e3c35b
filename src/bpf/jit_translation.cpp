// The frame of the translation: entry, blocks, register moves.
#include "bpf/jit_translation.h"

#include <algorithm>

namespace weir::bpf::jit {
namespace {

// More than any instruction's translation takes, checks of lengths included.
constexpr std::size_t code_per_instruction = 96;
constexpr std::size_t code_around = 256;

// The cells some instruction reads.
std::uint16_t cells_read(ProgramView program) noexcept {
  std::uint16_t cells = 0;
  for (const auto& [code, jump_true, jump_false, k] : program) {
    if (code == (code::ld | code::mem) || code == (code::ldx | code::mem)) {
      cells |= static_cast<std::uint16_t>(1U << k);
    }
  }
  return cells;
}

bool reads_length(ProgramView program) noexcept {
  return std::ranges::any_of(program, [](const Instruction& instruction) {
    return instruction.code == (code::ld | code::len) ||
           instruction.code == (code::ldx | code::len);
  });
}

}  // namespace

Translation::Translation(ProgramView program, std::uint64_t limit, bool listing)
    : program_{program},
      entries_{entries(program)},
      before_{needs_before(program, entries_)},
      assembler_{code_around + program.size() * code_per_instruction, listing},
      refuse_{assembler_.make_label()},
      labels_(program.size(), refuse_),
      entry_states_(program.size()) {
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (entries_[i].leader && entries_[i].reachable) labels_[i] = assembler_.make_label();
  }
  if (!only_refuses(0)) {
    begin(limit);
    for (std::size_t i = 0; i < program.size();) {
      if (entries_[i].leader) enter(i);
      i += entries_[i].reachable && !only_refuses(i) ? translate(i) : 1;
    }
  }
  assembler_.bind(refuse_);
  assembler_.compute(Operation::xor_, Register::rax, Register::rax);
  assembler_.leave();
}

Bytes Translation::code() { return assembler_.finish(); }

Memory Translation::cell(std::uint32_t number) {
  constexpr std::int32_t below_stack = -64;
  return {.base = Register::rsp,
          .displacement = below_stack + 4 * static_cast<std::int32_t>(number)};
}

// Sets what is read before it is written, and checks the length every path needs.
void Translation::begin(std::uint64_t limit) {
  const Needs& needs = before_[0];
  require_captured(needs.captured, refuse_);
  refuse_early();
  bool loops = false;
  for (const Entry& entry : entries_) loops |= entry.loop;
  if (reads_length(program_)) assembler_.move(wire_length, Register::rdx);
  if (loops) assembler_.move_wide(steps, limit);
  if (needs.a != Demand::none) assembler_.move(a, 0);
  if (needs.x) assembler_.move(x, 0);
  const unsigned unset = needs.memory & cells_read(program_);
  for (std::uint32_t i = 0; i < memory_size; ++i) {
    if ((unset >> i & 1U) != 0) assembler_.store(cell(i), 0);
  }
  entry_states_[0] = known_;
}

// At the head of a loop only what holds everywhere is known: the length checked at the start.
void Translation::enter(std::size_t index) {
  if (!entries_[index].reachable || only_refuses(index)) return;
  known_ = Known{};
  known_.captured = before_[0].captured;
  if (!entries_[index].loop) known_ = *entry_states_[index];
  assembler_.bind(labels_[index]);
  require_captured(before_[index].captured, refuse_);
}

void Translation::require_captured(std::uint64_t count, Label otherwise) {
  if (count <= known_.captured) return;
  known_.captured = count;
  if (count <= 0x7fff'ffff) {
    assembler_.compute_wide(Operation::cmp, captured, static_cast<std::int32_t>(count));
  } else {
    assembler_.move_wide(scratch, count);
    assembler_.compute_wide(Operation::cmp, captured, scratch);
  }
  assembler_.jump(Condition::below, otherwise);
}

// Returns how many instructions it has translated: loads take along what is done with their result.
std::size_t Translation::translate(std::size_t index) {
  const Instruction& instruction = program_[index];
  std::size_t count = 1;
  switch (instruction.code & 0x07) {
    case code::ld:
      count = load_a(index);
      break;
    case code::ldx:
      load_x(instruction, after(index));
      break;
    case code::st:
    case code::stx:
      store(instruction, after(index));
      break;
    case code::alu:
      compute(instruction, after(index));
      break;
    case code::jmp:
      jump(index);
      return 1;
    case code::ret:
      leave(instruction);
      return 1;
    default:
      move(instruction, after(index));
  }
  const std::size_t last = index + count - 1;
  if ((program_[last].code & 0x07) != code::jmp) flow_to(last + 1);
  return count;
}

void Translation::move(const Instruction& instruction, const Needs& after) {
  if (instruction.code == (code::misc | code::txa)) {
    if (after.a == Demand::none) return;
    assembler_.move(a, x);
    known_.a_changes();
  } else if (after.x) {
    assembler_.move(x, a);
    known_.x_changes();
  }
}

}  // namespace weir::bpf::jit
