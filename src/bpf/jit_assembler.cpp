// The assembler on top of xbyak: each function encodes one instruction and, if asked, writes it
// down.
#include "bpf/jit_assembler.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <limits>
#include <vector>

// A namespace of our own: xbyak is all inline, and a program that is linked with this library may
// use another version of it.
#define Xbyak weir_xbyak
#define XBYAK_NO_EXCEPTION
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#include <xbyak/xbyak.h>
#pragma GCC diagnostic pop

namespace weir::bpf::jit {
namespace {

// Of Register, in its order.
constexpr std::array encodings{Xbyak::Operand::RAX, Xbyak::Operand::RCX, Xbyak::Operand::RDX,
                               Xbyak::Operand::RSP, Xbyak::Operand::RSI, Xbyak::Operand::RDI,
                               Xbyak::Operand::R8,  Xbyak::Operand::R9,  Xbyak::Operand::R10,
                               Xbyak::Operand::R11};
constexpr std::array names32{"eax", "ecx", "edx", "esp",  "esi",
                             "edi", "r8d", "r9d", "r10d", "r11d"};
constexpr std::array names64{"rax", "rcx", "rdx", "rsp", "rsi", "rdi", "r8", "r9", "r10", "r11"};
constexpr std::array operation_names{"add", "or", "sbb", "and", "sub", "xor", "cmp", "test"};
constexpr std::array jump_names{"je", "jne", "jb", "jbe", "ja", "jae"};

template <class Table, class Enumerator>
auto look_up(const Table& table, Enumerator entry) {
  return table[static_cast<std::size_t>(entry)];
}

Xbyak::Reg32 narrow(Register reg) { return Xbyak::Reg32{look_up(encodings, reg)}; }
Xbyak::Reg64 wide(Register reg) { return Xbyak::Reg64{look_up(encodings, reg)}; }
const char* name(Register reg) { return look_up(names32, reg); }
const char* wide_name(Register reg) { return look_up(names64, reg); }

Xbyak::Address address(const Memory& memory) {
  const Xbyak::AddressFrame frame{memory.bytes * 8};
  Xbyak::RegExp where{wide(memory.base)};
  if (memory.has_index) where = where + wide(memory.index);
  return frame[where + static_cast<std::size_t>(memory.displacement)];
}

std::string text(const Memory& memory) {
  const char* const size = memory.bytes == 1 ? "byte" : memory.bytes == 2 ? "word" : "dword";
  std::string sum = wide_name(memory.base);
  if (memory.has_index) sum += fmt::format(" + {}", wide_name(memory.index));
  if (memory.displacement > 0) sum += fmt::format(" + {}", memory.displacement);
  if (memory.displacement < 0) sum += fmt::format(" - {}", -std::int64_t{memory.displacement});
  return fmt::format("{} ptr [{}]", size, sum);
}

std::string label_name(Label label) { return fmt::format("l{}", label.number); }

}  // namespace

struct Assembler::State {
  State(std::size_t capacity, bool wants_listing)
      : buffer(capacity), code{buffer.size(), buffer.data()}, listed{wants_listing} {}

  // Instructions with two operands of any kind, and their line.
  template <class To, class From>
  void compute(Operation operation, const To& to, const From& from) {
    switch (operation) {
      case Operation::add:
        code.add(to, from);
        break;
      case Operation::or_:
        code.or_(to, from);
        break;
      case Operation::sbb:
        code.sbb(to, from);
        break;
      case Operation::and_:
        code.and_(to, from);
        break;
      case Operation::sub:
        code.sub(to, from);
        break;
      case Operation::xor_:
        code.xor_(to, from);
        break;
      case Operation::cmp:
        code.cmp(to, from);
        break;
      case Operation::test:
        code.test(to, from);
        break;
    }
  }
  template <class... Arguments>
  void list(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (!listed) return;
    listing += "  ";
    fmt::format_to(std::back_inserter(listing), format, std::forward<Arguments>(arguments)...);
    listing += '\n';
  }

  std::vector<std::uint8_t> buffer;
  Xbyak::CodeGenerator code;
  std::vector<Xbyak::Label> labels;
  bool listed;
  std::string listing;
};

Condition opposite(Condition condition) noexcept {
  switch (condition) {
    case Condition::equal:
      return Condition::not_equal;
    case Condition::not_equal:
      return Condition::equal;
    case Condition::below:
      return Condition::above_equal;
    case Condition::below_equal:
      return Condition::above;
    case Condition::above:
      return Condition::below_equal;
    default:
      return Condition::below;
  }
}

Assembler::Assembler(std::size_t capacity, bool listing)
    : state_{std::make_unique<State>(capacity, listing)} {}
Assembler::~Assembler() = default;

Label Assembler::make_label() {
  state_->labels.emplace_back();
  return {static_cast<std::uint32_t>(state_->labels.size() - 1)};
}

void Assembler::bind(Label label) {
  state_->code.L(state_->labels[label.number]);
  if (state_->listed) state_->listing += label_name(label) + ":\n";
}

void Assembler::move(Register to, std::uint32_t value) {
  state_->code.mov(narrow(to), value);
  state_->list("mov {}, {:#x}", name(to), value);
}

void Assembler::move(Register to, Register from) {
  state_->code.mov(narrow(to), narrow(from));
  state_->list("mov {}, {}", name(to), name(from));
}

void Assembler::load(Register to, const Memory& from) {
  if (from.bytes == 4) {
    state_->code.mov(narrow(to), address(from));
  } else {
    state_->code.movzx(narrow(to), address(from));
  }
  state_->list("{} {}, {}", from.bytes == 4 ? "mov" : "movzx", name(to), text(from));
}

void Assembler::store(const Memory& to, Register from) {
  state_->code.mov(address(to), narrow(from));
  state_->list("mov {}, {}", text(to), name(from));
}

void Assembler::store(const Memory& to, std::uint32_t value) {
  state_->code.mov(address(to), value);
  state_->list("mov {}, {:#x}", text(to), value);
}

void Assembler::compute(Operation operation, Register to, Register from) {
  state_->compute(operation, narrow(to), narrow(from));
  state_->list("{} {}, {}", look_up(operation_names, operation), name(to), name(from));
}

void Assembler::compute(Operation operation, Register to, std::uint32_t value) {
  state_->compute(operation, narrow(to), value);
  state_->list("{} {}, {:#x}", look_up(operation_names, operation), name(to), value);
}

void Assembler::compute(Operation operation, const Memory& with, std::uint32_t value) {
  // The encoder wants numbers that are as wide as the memory sign-extended.
  const std::uint32_t sign = 1U << (with.bytes * 8 - 1);
  const std::uint32_t extended = (value ^ sign) - sign;
  state_->compute(operation, address(with), extended);
  state_->list("{} {}, {:#x}", look_up(operation_names, operation), text(with), value);
}

void Assembler::multiply(Register to, Register by) {
  state_->code.imul(narrow(to), narrow(by));
  state_->list("imul {}, {}", name(to), name(by));
}

void Assembler::multiply(Register to, std::uint32_t by) {
  state_->code.imul(narrow(to), narrow(to), static_cast<int>(by));
  state_->list("imul {0}, {0}, {1:#x}", name(to), by);
}

void Assembler::divide(Register by) {
  compute(Operation::xor_, Register::rdx, Register::rdx);
  state_->code.div(narrow(by));
  state_->list("div {}", name(by));
}

void Assembler::negate(Register to) {
  state_->code.neg(narrow(to));
  state_->list("neg {}", name(to));
}

void Assembler::shift_left(Register to, unsigned count) {
  state_->code.shl(narrow(to), static_cast<int>(count));
  state_->list("shl {}, {}", name(to), count);
}

void Assembler::shift_right(Register to, unsigned count) {
  state_->code.shr(narrow(to), static_cast<int>(count));
  state_->list("shr {}, {}", name(to), count);
}

void Assembler::shift_left_by_cl(Register to) {
  state_->code.shl(narrow(to), Xbyak::Reg8{Xbyak::Operand::CL});
  state_->list("shl {}, cl", name(to));
}

void Assembler::shift_right_by_cl(Register to) {
  state_->code.shr(narrow(to), Xbyak::Reg8{Xbyak::Operand::CL});
  state_->list("shr {}, cl", name(to));
}

void Assembler::swap_bytes(Register to, unsigned bits) {
  state_->code.bswap(narrow(to));
  state_->list("bswap {}", name(to));
  if (bits == 16) shift_right(to, 16);
}

void Assembler::move_wide(Register to, std::uint64_t value) {
  state_->code.mov(wide(to), value);
  state_->list("mov {}, {:#x}", wide_name(to), value);
}

void Assembler::compute_wide(Operation operation, Register to, Register from) {
  state_->compute(operation, wide(to), wide(from));
  state_->list("{} {}, {}", look_up(operation_names, operation), wide_name(to), wide_name(from));
}

void Assembler::compute_wide(Operation operation, Register to, std::int32_t value) {
  state_->compute(operation, wide(to), static_cast<std::uint32_t>(value));
  state_->list("{} {}, {}", look_up(operation_names, operation), wide_name(to), value);
}

void Assembler::add_wide(Register to, Register from, std::int32_t displacement) {
  state_->code.lea(wide(to), Xbyak::util::ptr[wide(from) + static_cast<std::size_t>(displacement)]);
  state_->list("lea {}, [{} + {}]", wide_name(to), wide_name(from), displacement);
}

void Assembler::jump(Label to) {
  state_->code.jmp(state_->labels[to.number], Xbyak::CodeGenerator::T_NEAR);
  state_->list("jmp {}", label_name(to));
}

void Assembler::jump(Condition condition, Label to) {
  auto& code = state_->code;
  const Xbyak::Label& label = state_->labels[to.number];
  constexpr auto near = Xbyak::CodeGenerator::T_NEAR;
  switch (condition) {
    case Condition::equal:
      code.je(label, near);
      break;
    case Condition::not_equal:
      code.jne(label, near);
      break;
    case Condition::below:
      code.jb(label, near);
      break;
    case Condition::below_equal:
      code.jbe(label, near);
      break;
    case Condition::above:
      code.ja(label, near);
      break;
    case Condition::above_equal:
      code.jae(label, near);
      break;
  }
  state_->list("{} {}", look_up(jump_names, condition), label_name(to));
}

void Assembler::leave() {
  state_->code.ret();
  state_->list("ret");
}

Bytes Assembler::finish() {
  const bool is_complete = Xbyak::GetError() == 0 && !state_->code.hasUndefinedLabel();
  assert(is_complete && "a mistake of the translation");
  if (!is_complete) return {};
  return {state_->buffer.data(), state_->code.getSize()};
}

const std::string& Assembler::listing() const noexcept { return state_->listing; }

}  // namespace weir::bpf::jit
