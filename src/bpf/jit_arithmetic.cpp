// Arithmetic on A.
#include <bit>

#include "bpf/jit_translation.h"

namespace weir::bpf::jit {

void Translation::compute(const Instruction& instruction, const Needs& after) {
  const unsigned operation = instruction.code & 0xf0;
  const bool by_x = (instruction.code & code::x) != 0;
  if (by_x && (operation == code::div || operation == code::mod)) {
    assembler_.compute(Operation::test, x, x);
    assembler_.jump(Condition::equal, refuse_);
  }
  if (after.a == Demand::none) return;
  if (!by_x && operation == code::and_) return mask_a(instruction.k);
  known_.a_changes();
  if (operation == code::neg) return assembler_.negate(a);
  if (by_x) return compute_with_x(operation);
  compute_with_constant(operation, instruction.k);
}

// The only arithmetic on A in the packet's order.
void Translation::mask_a(std::uint32_t k) {
  assembler_.compute(Operation::and_, a, in_packet_order(k, known_.swapped));
  known_.a.mask &= k;
}

void Translation::compute_with_constant(unsigned operation, std::uint32_t k) {
  switch (operation) {
    case code::add:
      return assembler_.compute(Operation::add, a, k);
    case code::sub:
      return assembler_.compute(Operation::sub, a, k);
    case code::or_:
      return assembler_.compute(Operation::or_, a, k);
    case code::xor_:
      return assembler_.compute(Operation::xor_, a, k);
    case code::lsh:
      return assembler_.shift_left(a, k);
    case code::rsh:
      return assembler_.shift_right(a, k);
    case code::mul:
      return assembler_.multiply(a, k);
    default:
      break;
  }
  const bool want_rest = operation == code::mod;
  if (!std::has_single_bit(k)) {
    assembler_.move(scratch, k);
    assembler_.divide(scratch);
    if (want_rest) assembler_.move(a, Register::rdx);
  } else if (want_rest) {
    assembler_.compute(Operation::and_, a, k - 1);
  } else {
    assembler_.shift_right(a, static_cast<unsigned>(std::countr_zero(k)));
  }
}

void Translation::compute_with_x(unsigned operation) {
  switch (operation) {
    case code::add:
      return assembler_.compute(Operation::add, a, x);
    case code::sub:
      return assembler_.compute(Operation::sub, a, x);
    case code::or_:
      return assembler_.compute(Operation::or_, a, x);
    case code::and_:
      return assembler_.compute(Operation::and_, a, x);
    case code::xor_:
      return assembler_.compute(Operation::xor_, a, x);
    case code::mul:
      return assembler_.multiply(a, x);
    case code::lsh:
      return shift_by_x(true);
    case code::rsh:
      return shift_by_x(false);
    default:
      break;
  }
  assembler_.divide(x);
  if (operation == code::mod) assembler_.move(a, Register::rdx);
}

// The processor takes the count modulo 32; from 32 on the result is 0.
void Translation::shift_by_x(bool left) {
  if (left) {
    assembler_.shift_left_by_cl(a);
  } else {
    assembler_.shift_right_by_cl(a);
  }
  assembler_.compute(Operation::cmp, x, 32);
  // All ones if X is below 32, otherwise 0.
  assembler_.compute(Operation::sbb, scratch, scratch);
  assembler_.compute(Operation::and_, a, scratch);
}

}  // namespace weir::bpf::jit
