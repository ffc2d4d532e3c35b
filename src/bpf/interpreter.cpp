// The interpreter: one function per class of instructions.
#include "weir/bpf/interpreter.h"

#include <array>
#include <optional>

namespace weir::bpf {
namespace {

class Machine {
 public:
  Machine(Bytes data, std::uint32_t wire_length) noexcept
      : data_{data}, wire_length_{wire_length} {}

  [[nodiscard]] std::uint32_t a() const noexcept { return a_; }

  /// False if the packet has too few bytes.
  bool load_a(const Instruction& instruction) noexcept;
  bool load_x(const Instruction& instruction) noexcept;
  void store(std::uint32_t cell, bool x) noexcept { memory_[cell] = x ? x_ : a_; }
  /// False on division by zero.
  bool compute(const Instruction& instruction) noexcept;
  [[nodiscard]] bool holds(const Instruction& instruction) const noexcept;
  void move(bool to_a) noexcept { (to_a ? a_ : x_) = to_a ? x_ : a_; }

 private:
  template <class Integer>
  bool load_packet(std::uint64_t offset) noexcept {
    if (offset + sizeof(Integer) > data_.size()) return false;
    a_ = load_be<Integer>(data_.data() + offset);
    return true;
  }
  bool load_sized(unsigned size, std::uint64_t offset) noexcept {
    if (size == code::w) return load_packet<std::uint32_t>(offset);
    if (size == code::h) return load_packet<std::uint16_t>(offset);
    return load_packet<std::uint8_t>(offset);
  }
  [[nodiscard]] std::uint32_t operand(const Instruction& instruction) const noexcept {
    return (instruction.code & code::x) != 0 ? x_ : instruction.k;
  }

  Bytes data_;
  std::uint32_t wire_length_;
  std::uint32_t a_ = 0;
  std::uint32_t x_ = 0;
  std::array<std::uint32_t, memory_size> memory_{};
};

bool Machine::load_a(const Instruction& instruction) noexcept {
  const unsigned size = instruction.code & 0x18U;
  switch (instruction.code & 0xe0) {
    case code::abs:
      return load_sized(size, instruction.k);
    case code::ind:
      return load_sized(size, std::uint64_t{x_} + instruction.k);
    case code::mem:
      a_ = memory_[instruction.k];
      return true;
    case code::len:
      a_ = wire_length_;
      return true;
    default:
      a_ = instruction.k;
      return true;
  }
}

bool Machine::load_x(const Instruction& instruction) noexcept {
  switch (instruction.code & 0xe0) {
    case code::msh:
      if (instruction.k >= data_.size()) return false;
      x_ = 4 * (data_[instruction.k] & 0x0fU);
      return true;
    case code::mem:
      x_ = memory_[instruction.k];
      return true;
    case code::len:
      x_ = wire_length_;
      return true;
    default:
      x_ = instruction.k;
      return true;
  }
}

bool Machine::compute(const Instruction& instruction) noexcept {
  const std::uint32_t by = operand(instruction);
  switch (instruction.code & 0xf0) {
    case code::add:
      a_ += by;
      break;
    case code::sub:
      a_ -= by;
      break;
    case code::mul:
      a_ *= by;
      break;
    case code::div:
      if (by == 0) return false;
      a_ /= by;
      break;
    case code::mod:
      if (by == 0) return false;
      a_ %= by;
      break;
    case code::or_:
      a_ |= by;
      break;
    case code::and_:
      a_ &= by;
      break;
    case code::xor_:
      a_ ^= by;
      break;
    case code::lsh:
      a_ = by < 32 ? a_ << by : 0;
      break;
    case code::rsh:
      a_ = by < 32 ? a_ >> by : 0;
      break;
    default:
      a_ = 0U - a_;  // neg
  }
  return true;
}

bool Machine::holds(const Instruction& instruction) const noexcept {
  const std::uint32_t with = operand(instruction);
  switch (instruction.code & 0xf0) {
    case code::jeq:
      return a_ == with;
    case code::jgt:
      return a_ > with;
    case code::jge:
      return a_ >= with;
    default:
      return (a_ & with) != 0;  // jset
  }
}

// Moves `at` so that the next instruction follows it; false where the limit of going back is
// reached.
bool follow(const Instruction& jump, const Machine& machine, std::size_t& at,
            std::uint64_t& limit) noexcept {
  if (jump.code != (code::jmp | code::ja)) {
    at += machine.holds(jump) ? jump.jump_true : jump.jump_false;
    return true;
  }
  const auto by = static_cast<std::int32_t>(jump.k);
  if (by >= 0) {
    at += jump.k;
    return true;
  }
  const auto back = static_cast<std::uint64_t>(-std::int64_t{by});
  if (back > limit) return false;
  limit -= back;
  at -= back;
  return true;
}

}  // namespace

std::uint32_t run(ProgramView program, Bytes data, std::uint32_t wire_length,
                  std::uint64_t limit) noexcept {
  Machine machine{data, wire_length};
  for (std::size_t at = 0;; ++at) {
    const Instruction& instruction = program[at];
    switch (instruction.code & 0x07) {
      case code::ld:
        if (!machine.load_a(instruction)) return 0;
        break;
      case code::ldx:
        if (!machine.load_x(instruction)) return 0;
        break;
      case code::st:
        machine.store(instruction.k, false);
        break;
      case code::stx:
        machine.store(instruction.k, true);
        break;
      case code::alu:
        if (!machine.compute(instruction)) return 0;
        break;
      case code::jmp:
        if (!follow(instruction, machine, at, limit)) return 0;
        break;
      case code::ret:
        return (instruction.code & code::a) != 0 ? machine.a() : instruction.k;
      default:
        machine.move(instruction.code == (code::misc | code::txa));
    }
  }
}

}  // namespace weir::bpf
