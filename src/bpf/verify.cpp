// The checks of libpcap's bpf_validate, then those the kernel adds.
#include "weir/bpf/verify.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "bpf/flow_graph.h"

namespace weir::bpf {
namespace {

// Offsets from SKF_AD_OFF on name facts about the packet, four apart (linux/filter.h).
constexpr std::uint32_t ancillary = 0xffff'f000;
constexpr std::uint32_t ancillary_end = ancillary + 64;

bool is_known_load(std::uint16_t code) noexcept {
  constexpr std::array<std::uint16_t, 13> known{code::ld | code::w | code::abs,
                                                code::ld | code::h | code::abs,
                                                code::ld | code::b | code::abs,
                                                code::ld | code::w | code::ind,
                                                code::ld | code::h | code::ind,
                                                code::ld | code::b | code::ind,
                                                code::ld | code::w | code::len,
                                                code::ldx | code::w | code::len,
                                                code::ldx | code::b | code::msh,
                                                code::ld | code::imm,
                                                code::ldx | code::imm,
                                                code::ld | code::mem,
                                                code::ldx | code::mem};
  return std::ranges::find(known, code) != known.end();
}

bool is_known(std::uint16_t code) noexcept {
  const unsigned operation = code & 0xf0;
  switch (code & 0x07) {
    case code::ld:
    case code::ldx:
      return is_known_load(code);
    case code::st:
    case code::stx:
      return (code & ~0x07U) == 0;
    case code::alu:
      if (operation == code::neg) return code == (code::alu | code::neg);
      return code < 0x100 && operation <= code::xor_;
    case code::jmp:
      if (operation == code::ja) return code == (code::jmp | code::ja);
      return code < 0x100 && operation <= code::jset;
    case code::ret:
      return code == (code::ret | code::k) || code == (code::ret | code::a);
    default:
      return code == (code::misc | code::tax) || code == (code::misc | code::txa);
  }
}

bool uses_memory(std::uint16_t code) noexcept {
  return code == code::st || code == code::stx || code == (code::ld | code::mem) ||
         code == (code::ldx | code::mem);
}

std::optional<Fault> jump_fault(const Instruction& instruction, std::size_t index,
                                std::size_t size) noexcept {
  if ((instruction.code & 0x07) != code::jmp) return std::nullopt;
  for (const std::size_t target : Successors{instruction, index}) {
    if (target >= size) return Fault::jump_outside;
  }
  return std::nullopt;
}

std::optional<Fault> operand_fault(const Instruction& instruction) noexcept {
  if (uses_memory(instruction.code) && instruction.k >= memory_size) return Fault::memory_outside;
  switch (instruction.code) {
    case code::alu | code::div | code::k:
    case code::alu | code::mod | code::k:
      if (instruction.k == 0) return Fault::division_by_zero;
      break;
    case code::alu | code::lsh | code::k:
    case code::alu | code::rsh | code::k:
      if (instruction.k > 31) return Fault::shift_too_wide;
      break;
    default:
      break;
  }
  return std::nullopt;
}

std::optional<Fault> kernel_fault(const Instruction& instruction) noexcept {
  const auto& [code, jump_true, jump_false, k] = instruction;
  if (code == (code::jmp | code::ja) && k > 0x7fff'ffff) return Fault::backward_jump;
  const bool absolute = (code & 0x07) == code::ld && (code & 0xe0) == code::abs;
  if (absolute && k >= ancillary && (k >= ancillary_end || k % 4 != 0)) {
    return Fault::unknown_ancillary_load;
  }
  return std::nullopt;
}

// A pass over all instructions in order, as check_load_and_stores makes: M[] cells written on every
// way to an instruction. Jumps go forward.
std::optional<std::size_t> unwritten_load(ProgramView program) {
  std::vector<std::uint16_t> written(program.size(), 0xffff);
  std::uint16_t now = 0;
  for (std::size_t i = 0; i < program.size(); ++i) {
    const Instruction& instruction = program[i];
    now &= written[i];
    const auto cell = static_cast<std::uint16_t>(1U << (instruction.k % memory_size));
    if (instruction.code == code::st || instruction.code == code::stx) {
      now |= cell;
    } else if (uses_memory(instruction.code) && (now & cell) == 0) {
      return i;
    } else if ((instruction.code & 0x07) == code::jmp) {
      for (const std::size_t target : Successors{instruction, i}) written[target] &= now;
      now = 0xffff;
    }
  }
  return std::nullopt;
}

std::optional<VerifyError> first_fault(ProgramView program, Level level) {
  const bool kernel = level == Level::kernel;
  if (program.empty()) return VerifyError{Fault::empty, 0};
  if (program.size() > (kernel ? kernel_max_instructions : max_instructions)) {
    return VerifyError{Fault::too_long, 0};
  }
  for (std::size_t i = 0; i < program.size(); ++i) {
    std::optional<Fault> fault;
    if (!is_known(program[i].code)) fault = Fault::unknown_instruction;
    if (!fault) fault = operand_fault(program[i]);
    if (!fault) fault = jump_fault(program[i], i, program.size());
    if (!fault && kernel) fault = kernel_fault(program[i]);
    if (fault) return VerifyError{*fault, i};
  }
  if ((program.back().code & 0x07) != code::ret) {
    return VerifyError{Fault::no_final_return, program.size() - 1};
  }
  if (kernel) {
    if (const auto load = unwritten_load(program))
      return VerifyError{Fault::memory_not_written, *load};
  }
  return std::nullopt;
}

}  // namespace

std::expected<Verified, VerifyError> verify(ProgramView program, Level level) {
  if (const auto error = first_fault(program, level)) return std::unexpected{*error};
  Verified verified{.first_unreachable = program.size()};
  const std::vector<Entry> found = entries(program);
  for (std::size_t i = 0; i < found.size(); ++i) {
    verified.goes_back |= found[i].loop;
    if (found[i].reachable) continue;
    if (verified.unreachable++ == 0) verified.first_unreachable = i;
  }
  return verified;
}

std::string_view reason(Fault fault) noexcept {
  switch (fault) {
    case Fault::empty:
      return "the program has no instruction";
    case Fault::too_long:
      return "the program is too long";
    case Fault::unknown_instruction:
      return "the instruction does not exist";
    case Fault::jump_outside:
      return "the jump ends outside the program";
    case Fault::memory_outside:
      return "there is no such cell of M[]";
    case Fault::division_by_zero:
      return "the divisor is the constant 0";
    case Fault::shift_too_wide:
      return "the constant shift is wider than 31";
    case Fault::no_final_return:
      return "the last instruction is no return";
    case Fault::backward_jump:
      return "the kernel knows no backward jumps";
    case Fault::memory_not_written:
      return "the cell of M[] may not have been written";
    case Fault::unknown_ancillary_load:
      return "the kernel knows no such ancillary load";
  }
  return "unknown";
}

std::string describe(const VerifyError& error) {
  std::string text{reason(error.fault)};
  if (error.fault == Fault::empty || error.fault == Fault::too_long) return text;
  return "instruction " + std::to_string(error.index) + ": " + text;
}

}  // namespace weir::bpf
