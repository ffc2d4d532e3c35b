// Loads and stores. What a register already holds is not loaded again; what is only compared with
// constants keeps the packet's order of octets.
#include "bpf/jit_translation.h"

namespace weir::bpf::jit {

namespace {

constexpr std::uint64_t longest_ipv4_header = 60;
constexpr std::uint64_t max_displacement = 0x7fff'ffff;

}  // namespace

std::size_t Translation::load_a(std::size_t index) {
  const Instruction& instruction = program_[index];
  const unsigned mode = instruction.code & 0xe0;
  if (mode == code::abs || mode == code::ind) return load_field(index);
  if (after(index).a == Demand::none) return 1;
  known_.a_changes();
  if (mode == code::mem) {
    assembler_.load(a, cell(instruction.k));
  } else if (mode == code::len) {
    assembler_.move(a, wire_length);
  } else {
    assembler_.move(a, instruction.k);
  }
  return 1;
}

// A load from the packet, with the mask or the jump that follows it.
std::size_t Translation::load_field(std::size_t index) {
  const Instruction& instruction = program_[index];
  const bool absolute = (instruction.code & 0xe0) == code::abs;
  Content field{.kind = absolute ? Content::Kind::absolute : Content::Kind::indirect,
                .bytes = static_cast<std::uint8_t>(load_size(instruction)),
                .k = instruction.k};
  // Constant offsets were checked on entry to the block.
  if (!absolute) require_behind_x(std::uint64_t{field.k} + field.bytes);
  Demand demand = after(index).a;
  if (demand == Demand::none) return 1;
  if (!entries_[index + 1].leader) {
    const Instruction& next = program_[index + 1];
    if ((next.code & 0x07) == code::jmp && jump_on_field(field, index + 1)) return 2;
    if (next.code == (code::alu | code::and_ | code::k)) {
      field.mask = next.k;
      demand = after(index + 1).a;
      fetch(field, demand);
      return 2;
    }
  }
  fetch(field, demand);
  return 1;
}

// Brings a part of the packet into A, from what A holds if that is possible.
void Translation::fetch(const Content& field, Demand demand) {
  if (known_.a == field) return order_a(demand);
  Content whole = field;
  whole.mask = Content{}.mask;
  if (known_.a == whole) {
    order_a(demand);
  } else {
    assembler_.load(a, operand(field));
    known_.a = whole;
    known_.swapped = field.bytes == 1 ? 0 : static_cast<std::uint8_t>(field.bytes * 8);
    order_a(demand);
  }
  if (field.mask != whole.mask) mask_a(field.mask);
}

void Translation::order_a(Demand demand) {
  if (demand != Demand::number || known_.swapped == 0) return;
  assembler_.swap_bytes(a, known_.swapped);
  known_.swapped = 0;
}

Memory Translation::operand(const Content& field) {
  const bool indirect = field.kind == Content::Kind::indirect;
  if (field.k <= max_displacement) {
    return {.base = data,
            .has_index = indirect,
            .index = x,
            .displacement = static_cast<std::int32_t>(field.k),
            .bytes = field.bytes};
  }
  assembler_.move(scratch, field.k);
  if (indirect) assembler_.compute_wide(Operation::add, scratch, x);
  return {.base = data, .has_index = true, .index = scratch, .bytes = field.bytes};
}

void Translation::require_behind_x(std::uint64_t count) {
  if (count <= known_.behind_x) return;
  known_.behind_x = count;
  if (known_.x.kind == Content::Kind::header && known_.captured >= longest_ipv4_header + count) {
    return;
  }
  if (count <= max_displacement) {
    assembler_.add_wide(scratch, x, static_cast<std::int32_t>(count));
  } else {
    assembler_.move_wide(scratch, count);
    assembler_.compute_wide(Operation::add, scratch, x);
  }
  assembler_.compute_wide(Operation::cmp, captured, scratch);
  assembler_.jump(Condition::below, refuse_);
}

void Translation::load_x(const Instruction& instruction, const Needs& after) {
  if (!after.x) return;
  const unsigned mode = instruction.code & 0xe0;
  if (mode == code::msh) {
    const Content field{.kind = Content::Kind::header, .bytes = 1, .k = instruction.k};
    if (known_.x == field) return;
    known_.x_changes();
    assembler_.load(x, operand({.kind = Content::Kind::absolute, .bytes = 1, .k = field.k}));
    assembler_.compute(Operation::and_, x, 0x0f);
    assembler_.shift_left(x, 2);
    known_.x = field;
    return;
  }
  known_.x_changes();
  if (mode == code::mem) {
    assembler_.load(x, cell(instruction.k));
  } else if (mode == code::len) {
    assembler_.move(x, wire_length);
  } else {
    assembler_.move(x, instruction.k);
  }
}

void Translation::store(const Instruction& instruction, const Needs& after) {
  if ((after.memory >> instruction.k & 1U) == 0) return;
  assembler_.store(cell(instruction.k), instruction.code == code::stx ? x : a);
}

}  // namespace weir::bpf::jit
