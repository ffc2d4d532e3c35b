// Encodes instructions and resolves labels.
#include "bpf/ebpf_assembler.h"

#include <algorithm>
#include <limits>

namespace weir::bpf::ebpf {

Assembler::Label Assembler::new_label() {
  labels_.emplace_back();
  return labels_.size() - 1;
}

void Assembler::bind(Label label) {
  // With another label bound here, taking the goto back would shift that one.
  const bool follows_goto = !jumps_.empty() && jumps_.back().to == label &&
                            jumps_.back().index + 1 == program_.size() &&
                            program_.back().opcode == (code::jmp | code::ja);
  if (follows_goto && last_bound_ != program_.size()) {
    program_.pop_back();
    jumps_.pop_back();
    --labels_[label].uses;
  }
  labels_[label].index = program_.size();
  last_bound_ = program_.size();
}

void Assembler::alu(std::uint16_t operation, Register to, std::int32_t value) {
  emit(instruction(alu64 | operation | code::k, to, Register::r0, 0,
                   static_cast<std::uint32_t>(value)));
}
void Assembler::alu(std::uint16_t operation, Register to, Register from) {
  emit(instruction(alu64 | operation | code::x, to, from));
}
void Assembler::alu32(std::uint16_t operation, Register to, std::uint32_t value) {
  emit(instruction(code::alu | operation | code::k, to, Register::r0, 0, value));
}
void Assembler::alu32(std::uint16_t operation, Register to, Register from) {
  emit(instruction(code::alu | operation | code::x, to, from));
}

void Assembler::load(std::uint16_t size, Register to, Register base, int offset) {
  emit(instruction(code::ldx | mem | size, to, base, offset));
}
void Assembler::store(std::uint16_t size, Register base, int offset, Register from) {
  emit(instruction(code::stx | mem | size, base, from, offset));
}
void Assembler::store(std::uint16_t size, Register base, int offset, std::int32_t value) {
  emit(instruction(code::st | mem | size, base, Register::r0, offset,
                   static_cast<std::uint32_t>(value)));
}
void Assembler::fetch_add(Register base, int offset, Register value) {
  emit(instruction(code::stx | atomic | dw, base, value, offset, code::add | fetch));
}
void Assembler::swap_from_network(std::uint16_t size, Register value) {
  // The x bit says "to big endian", which is the same as from it.
  if (size != code::b) {
    emit(instruction(code::alu | end | code::x, value, Register::r0, 0, size == code::h ? 16 : 32));
  }
}
void Assembler::load_map(Register to, int descriptor) {
  emit(instruction(load_immediate64, to, Register{pseudo_map_fd}, 0,
                   static_cast<std::uint32_t>(descriptor)));
  emit(EbpfInstruction{});
}
void Assembler::load_map_value(Register to, int descriptor, std::uint32_t offset) {
  emit(instruction(load_immediate64, to, Register{pseudo_map_value}, 0,
                   static_cast<std::uint32_t>(descriptor)));
  EbpfInstruction second;
  second.immediate = static_cast<std::int32_t>(offset);
  emit(second);
}
void Assembler::load_number(Register to, std::uint64_t number) {
  emit(instruction(load_immediate64, to, Register::r0, 0, static_cast<std::uint32_t>(number)));
  EbpfInstruction second;
  second.immediate = static_cast<std::int32_t>(number >> 32U);
  emit(second);
}
void Assembler::call(std::int32_t function) {
  emit(
      instruction(ebpf::call, Register::r0, Register::r0, 0, static_cast<std::uint32_t>(function)));
}
void Assembler::call_kernel(std::int32_t function) {
  emit(instruction(ebpf::call, Register::r0, Register{pseudo_kfunc_call}, 0,
                   static_cast<std::uint32_t>(function)));
}
void Assembler::append(EbpfProgramView instructions) {
  program_.insert(program_.end(), instructions.begin(), instructions.end());
}
void Assembler::exit() { emit(instruction(ebpf::exit, Register::r0)); }

void Assembler::emit_jump(const EbpfInstruction& instruction, Label to) {
  ++labels_[to].uses;
  jumps_.push_back({program_.size(), to});
  emit(instruction);
}
void Assembler::jump(Label to) { emit_jump(instruction(code::jmp | code::ja, Register::r0), to); }
void Assembler::jump_if(std::uint16_t comparison, Register left, std::int32_t right, Label to) {
  emit_jump(instruction(code::jmp | comparison | code::k, left, Register::r0, 0,
                        static_cast<std::uint32_t>(right)),
            to);
}
void Assembler::jump_if(std::uint16_t comparison, Register left, Register right, Label to) {
  emit_jump(instruction(code::jmp | comparison | code::x, left, right), to);
}
void Assembler::jump_if32(std::uint16_t comparison, Register left, std::uint32_t right, Label to) {
  emit_jump(instruction(jmp32 | comparison | code::k, left, Register::r0, 0, right), to);
}
void Assembler::jump_if32(std::uint16_t comparison, Register left, Register right, Label to) {
  emit_jump(instruction(jmp32 | comparison | code::x, left, right), to);
}
void Assembler::jump_if_too_long(Label to) { emit_jump(instruction(may_goto, Register::r0), to); }

bool Assembler::link() noexcept {
  using Limits = std::numeric_limits<std::int16_t>;
  return std::ranges::all_of(jumps_, [this](const Jump& jump) {
    const auto distance = static_cast<std::ptrdiff_t>(labels_[jump.to].index) -
                          static_cast<std::ptrdiff_t>(jump.index) - 1;
    program_[jump.index].offset = static_cast<std::int16_t>(distance);
    return distance >= Limits::min() && distance <= Limits::max();
  });
}

}  // namespace weir::bpf::ebpf
