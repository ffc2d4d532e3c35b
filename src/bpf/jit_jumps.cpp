// Jumps and returns. A comparison whose operand nobody reads afterwards is made in the packet.
#include "bpf/jit_necessary.h"
#include "bpf/jit_translation.h"

namespace weir::bpf::jit {
namespace {

Condition condition_of(unsigned operation) noexcept {
  switch (operation) {
    case code::jeq:
      return Condition::equal;
    case code::jgt:
      return Condition::above;
    case code::jge:
      return Condition::above_equal;
    default:
      return Condition::not_equal;  // jset, after test
  }
}

Operation comparison(unsigned operation) noexcept {
  return operation == code::jset ? Operation::test : Operation::cmp;
}

// Whether a number of `bits` can pass the comparison at all.
bool can_hold(unsigned operation, std::uint32_t k, unsigned bits) noexcept {
  const std::uint32_t greatest = bits == 32 ? 0xffff'ffff : (1U << bits) - 1;
  return operation == code::jset ? (k & greatest) != 0 : k <= greatest;
}

}  // namespace

void Translation::jump(std::size_t index) {
  const auto& [code, jump_true, jump_false, k] = program_[index];
  const unsigned operation = code & 0xf0;
  if (operation == code::ja) return go(index, *Successors{program_[index], index}.begin());
  if (jump_true == jump_false) return go(index, index + 1 + jump_true);
  const Condition condition = condition_of(operation);
  if ((code & code::x) != 0) {
    assembler_.compute(comparison(operation), a, x);
    return branch(condition, index);
  }
  if (known_.swapped != 0 && !can_hold(operation, k, known_.swapped)) {
    return branch(std::nullopt, index);
  }
  assembler_.compute(comparison(operation), a, in_packet_order(k, known_.swapped));
  branch(condition, index);
}

// Compares a part of the packet where it lies. False, with nothing done, where A is needed later,
// or is there already, or the comparison wants a number in the processor's order.
bool Translation::jump_on_field(const Content& field, std::size_t index) {
  const auto& [code, jump_true, jump_false, k] = program_[index];
  const unsigned operation = code & 0xf0;
  const unsigned bits = field.bytes * 8U;
  const bool pattern = operation == code::jeq || operation == code::jset;
  if (operation == code::ja || jump_true == jump_false || (code & code::x) != 0) return false;
  if ((!pattern && bits != 8) || after(index).a != Demand::none || known_.a == field) return false;
  if (!can_hold(operation, k, bits)) {
    branch(std::nullopt, index);
    return true;
  }
  const std::uint32_t greatest = bits == 32 ? 0xffff'ffff : (1U << bits) - 1;
  assembler_.compute(comparison(operation), operand(field),
                     in_packet_order(k & greatest, bits == 8 ? 0 : bits));
  branch(condition_of(operation), index);
  return true;
}

// Refuses packets no path accepts, before the program itself begins. Where too few octets are
// captured to tell, it does nothing.
void Translation::refuse_early() {
  const std::vector<FieldTest> tests = necessary_tests(program_, entries_, before_);
  if (tests.empty()) return;
  const Known known = known_;
  const Label may_match = assembler_.make_label();
  for (const auto& [field, value] : tests) {
    const unsigned bits = field.bytes * 8U;
    if (!can_hold(code::jeq, value, bits)) continue;
    require_captured(std::uint64_t{field.k} + field.bytes, may_match);
    if (field.mask == Content{}.mask && known_.a != field) {
      assembler_.compute(Operation::cmp, operand(field), in_packet_order(value, bits));
    } else {
      fetch(field, Demand::pattern);
      assembler_.compute(Operation::cmp, a, in_packet_order(value, known_.swapped));
    }
    assembler_.jump(Condition::equal, may_match);
  }
  assembler_.jump(refuse_);
  assembler_.bind(may_match);
  known_ = known;
}

// Jumps on the flags of a comparison, or as if it had failed.
void Translation::branch(std::optional<Condition> holds, std::size_t index) {
  const std::size_t if_true = index + 1 + program_[index].jump_true;
  const std::size_t if_false = index + 1 + program_[index].jump_false;
  flow_to(if_true);
  flow_to(if_false);
  if (holds && label_of(if_true) != label_of(if_false)) {
    if (comes_next(if_true, index)) {
      assembler_.jump(opposite(*holds), label_of(if_false));
      return;
    }
    assembler_.jump(*holds, label_of(if_true));
  }
  if (!comes_next(if_false, index)) assembler_.jump(label_of(if_false));
}

// Backward jumps pay for the way they go back, as in bpf::run().
void Translation::go(std::size_t index, std::size_t target) {
  if (target <= index) {
    assembler_.compute_wide(Operation::sub, steps, static_cast<std::int32_t>(index + 1 - target));
    assembler_.jump(Condition::below, refuse_);
  } else {
    flow_to(target);
  }
  if (!comes_next(target, index)) assembler_.jump(label_of(target));
}

void Translation::flow_to(std::size_t target) {
  if (!entries_[target].leader) return;
  auto& state = entry_states_[target];
  if (state) {
    state->meet(known_);
  } else {
    state = known_;
  }
}

void Translation::leave(const Instruction& instruction) {
  if ((instruction.code & code::a) == 0) assembler_.move(a, instruction.k);
  assembler_.leave();
}

Label Translation::label_of(std::size_t target) const {
  return only_refuses(target) ? refuse_ : labels_[target];
}

// Whether nothing is translated between an instruction and its target.
bool Translation::comes_next(std::size_t target, std::size_t index) const {
  if (only_refuses(target) || target <= index) return false;
  for (std::size_t i = index + 1; i < target; ++i) {
    if (entries_[i].reachable && !only_refuses(i)) return false;
  }
  return true;
}

}  // namespace weir::bpf::jit
