// Translates one classic BPF program to x86-64, instruction by instruction, in its own order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bpf/flow_graph.h"
#include "bpf/jit_assembler.h"
#include "bpf/jit_needs.h"
#include "bpf/jit_state.h"
#include "weir/bpf/instruction.h"

namespace weir::bpf::jit {

/// The function takes (const std::uint8_t* data, std::size_t captured, std::uint32_t wire_length),
/// calls nothing and keeps M[] in the 128 octets below the stack pointer that signal handlers leave
/// alone (System V ABI for x86-64, 3.2.2).
class Translation {
 public:
  Translation(ProgramView program, std::uint64_t limit, bool listing);

  /// Position independent; valid as long as this object.
  [[nodiscard]] Bytes code();
  [[nodiscard]] const std::string& listing() const noexcept { return assembler_.listing(); }

 private:
  // Of the program's registers and of what else stays in place.
  static constexpr Register a = Register::rax;
  static constexpr Register x = Register::rcx;
  static constexpr Register data = Register::rdi;
  static constexpr Register captured = Register::rsi;
  static constexpr Register wire_length = Register::r8;  // rdx on entry: division needs that
  static constexpr Register steps = Register::r10;
  static constexpr Register scratch = Register::r9;

  // jit_translation.cpp
  void begin(std::uint64_t limit);
  void enter(std::size_t index);
  std::size_t translate(std::size_t index);
  void move(const Instruction& instruction, const Needs& after);
  void require_captured(std::uint64_t count, Label otherwise);
  [[nodiscard]] Needs after(std::size_t index) const {
    return needs_after(program_, entries_, before_, index);
  }
  [[nodiscard]] static Memory cell(std::uint32_t number);

  // jit_loads.cpp
  std::size_t load_a(std::size_t index);
  std::size_t load_field(std::size_t index);
  void fetch(const Content& field, Demand demand);
  void load_x(const Instruction& instruction, const Needs& after);
  void require_behind_x(std::uint64_t count);
  void order_a(Demand demand);
  Memory operand(const Content& field);
  void store(const Instruction& instruction, const Needs& after);

  // jit_arithmetic.cpp
  void compute(const Instruction& instruction, const Needs& after);
  void compute_with_constant(unsigned operation, std::uint32_t k);
  void compute_with_x(unsigned operation);
  void mask_a(std::uint32_t k);
  void shift_by_x(bool left);

  // jit_jumps.cpp
  void refuse_early();
  void jump(std::size_t index);
  bool jump_on_field(const Content& field, std::size_t index);
  void branch(std::optional<Condition> holds, std::size_t index);
  void go(std::size_t index, std::size_t target);
  void flow_to(std::size_t target);
  void leave(const Instruction& instruction);
  [[nodiscard]] Label label_of(std::size_t target) const;
  [[nodiscard]] bool comes_next(std::size_t target, std::size_t index) const;
  [[nodiscard]] bool only_refuses(std::size_t index) const {
    return before_[index].captured == refusal;
  }

  ProgramView program_;
  std::vector<Entry> entries_;
  std::vector<Needs> before_;
  Assembler assembler_;
  Label refuse_;
  // One of each per instruction; only those of leaders are used.
  std::vector<Label> labels_;
  std::vector<std::optional<Known>> entry_states_;
  Known known_;
};

/// Exchanges the octets of the low `bits` (16 or 32) of a number; 0 leaves it as it is.
[[nodiscard]] constexpr std::uint32_t in_packet_order(std::uint32_t value, unsigned bits) noexcept {
  if (bits == 32) return __builtin_bswap32(value);
  if (bits == 16) return __builtin_bswap16(static_cast<std::uint16_t>(value));
  return value;
}

}  // namespace weir::bpf::jit
