// Encodes the x86-64 instructions the JIT uses; the only door to the encoder, xbyak.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "weir/bytes.h"

namespace weir::bpf::jit {

/// By their 64-bit names; which half is used depends on the instruction. 32-bit results clear the
/// upper half.
enum class Register : std::uint8_t { rax, rcx, rdx, rsp, rsi, rdi, r8, r9, r10, r11 };

enum class Operation : std::uint8_t { add, or_, sbb, and_, sub, xor_, cmp, test };

/// Of a jump, after a comparison of unsigned numbers.
enum class Condition : std::uint8_t { equal, not_equal, below, below_equal, above, above_equal };
[[nodiscard]] Condition opposite(Condition condition) noexcept;

/// base [+ index] + displacement, `bytes` wide: 1, 2 or 4.
struct Memory {
  Register base;
  bool has_index = false;
  Register index{};
  std::int32_t displacement = 0;
  unsigned bytes = 4;
};

struct Label {
  std::uint32_t number;
  bool operator==(const Label&) const = default;
};

class Assembler {
 public:
  /// At most `capacity` octets of code; `listing` also writes it as text.
  explicit Assembler(std::size_t capacity, bool listing = false);
  ~Assembler();

  Label make_label();
  void bind(Label label);

  // 32-bit operations.
  void move(Register to, std::uint32_t value);
  void move(Register to, Register from);
  void load(Register to, const Memory& from);
  void store(const Memory& to, Register from);
  void store(const Memory& to, std::uint32_t value);
  void compute(Operation operation, Register to, Register from);
  void compute(Operation operation, Register to, std::uint32_t value);
  /// cmp and test only; the value is as wide as the memory.
  void compute(Operation operation, const Memory& with, std::uint32_t value);
  void multiply(Register to, Register by);
  void multiply(Register to, std::uint32_t by);
  /// edx:eax by `by`, with edx cleared before: the quotient in eax, the rest in edx.
  void divide(Register by);
  void negate(Register to);
  void shift_left(Register to, unsigned count);
  void shift_right(Register to, unsigned count);
  /// By cl modulo 32.
  void shift_left_by_cl(Register to);
  void shift_right_by_cl(Register to);
  /// The order of the low 16 bits or of all 32.
  void swap_bytes(Register to, unsigned bits);

  // 64-bit operations; constants are sign-extended.
  void move_wide(Register to, std::uint64_t value);
  void compute_wide(Operation operation, Register to, Register from);
  void compute_wide(Operation operation, Register to, std::int32_t value);
  /// to = from + displacement
  void add_wide(Register to, Register from, std::int32_t displacement);

  void jump(Label to);
  void jump(Condition condition, Label to);
  void leave();

  /// Fills in the jumps. Every label that is used must be bound. Empty if the encoder ran out of
  /// room. Valid as long as this object.
  [[nodiscard]] Bytes finish();
  [[nodiscard]] const std::string& listing() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::bpf::jit
