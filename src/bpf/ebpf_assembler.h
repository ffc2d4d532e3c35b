// Puts eBPF programs together: instructions, labels and the jumps between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bpf/ebpf_code.h"

namespace weir::bpf::ebpf {

/// Jumps may be emitted before their label is bound. Operations on registers are named after the
/// notation of the listing: `alu` is r1 += 4, `alu32` w1 += 4.
class Assembler {
 public:
  using Label = std::size_t;

  [[nodiscard]] Label new_label();
  /// The label names the next instruction. A goto to it that stands right before it is taken back.
  void bind(Label label);
  [[nodiscard]] bool is_used(Label label) const noexcept { return labels_[label].uses > 0; }

  void alu(std::uint16_t operation, Register to, std::int32_t value);
  void alu(std::uint16_t operation, Register to, Register from);
  void alu32(std::uint16_t operation, Register to, std::uint32_t value);
  void alu32(std::uint16_t operation, Register to, Register from);
  void move(Register to, std::int32_t value) { alu(mov, to, value); }
  void move(Register to, Register from) { alu(mov, to, from); }

  /// `size` is w, h, b or dw.
  void load(std::uint16_t size, Register to, Register base, int offset);
  void store(std::uint16_t size, Register base, int offset, Register from);
  void store_zero(std::uint16_t size, Register base, int offset) { store(size, base, offset, 0); }
  void store(std::uint16_t size, Register base, int offset, std::int32_t value);
  /// Adds `value` to 64 bits of memory in one step, a barrier to other processors, and sets it to
  /// what was there.
  void fetch_add(Register base, int offset, Register value);
  /// Between network and host order; `size` is w or h, with b nothing is to be done.
  void swap_from_network(std::uint16_t size, Register value);
  void load_map(Register to, int descriptor);
  /// The address of the first value of an array, `offset` bytes on.
  void load_map_value(Register to, int descriptor, std::uint32_t offset);
  /// 64 bits.
  void load_number(Register to, std::uint64_t number);
  void call(std::int32_t function);
  /// A function of the kernel's own, by its number in the kernel's BTF.
  void call_kernel(std::int32_t function);
  void exit();

  /// Instructions that are whole in themselves.
  void append(EbpfProgramView instructions);

  void jump(Label to);
  void jump_if(std::uint16_t comparison, Register left, std::int32_t right, Label to);
  void jump_if(std::uint16_t comparison, Register left, Register right, Label to);
  void jump_if32(std::uint16_t comparison, Register left, std::uint32_t right, Label to);
  void jump_if32(std::uint16_t comparison, Register left, Register right, Label to);
  /// Goes on, and jumps once the loop it stands in has run too long.
  void jump_if_too_long(Label to);

  [[nodiscard]] std::size_t size() const noexcept { return program_.size(); }

  /// Enters the distances. False if one does not fit its 16 bits.
  [[nodiscard]] bool link() noexcept;
  [[nodiscard]] EbpfProgram take() noexcept { return std::move(program_); }

 private:
  struct Place {
    std::size_t index = 0;
    std::size_t uses = 0;
  };
  struct Jump {
    std::size_t index;
    Label to;
  };

  void emit(const EbpfInstruction& instruction) { program_.push_back(instruction); }
  void emit_jump(const EbpfInstruction& instruction, Label to);

  EbpfProgram program_;
  std::vector<Place> labels_;
  std::vector<Jump> jumps_;
  std::size_t last_bound_ = 0;
};

}  // namespace weir::bpf::ebpf
