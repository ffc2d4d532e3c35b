// The text forms of tcpdump: columns and spellings of libpcap's bpf_image.
#include "weir/bpf/disassemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace weir::bpf {
namespace {

// How the operand is written: k as a signed or a hexadecimal number in its surroundings.
enum class Operand : std::uint8_t {
  none,
  x,
  decimal,
  hexadecimal,
  packet,
  packet_x,
  memory,
  header,
  length,
  target
};

struct Spelling {
  std::uint16_t code;
  const char* mnemonic;
  Operand operand;
};

using namespace code;  // NOLINT(google-build-using-namespace)

constexpr std::array spellings{
    Spelling{ret | code::k, "ret", Operand::decimal},
    Spelling{ret | a, "ret", Operand::none},
    Spelling{ld | w | abs, "ld", Operand::packet},
    Spelling{ld | h | abs, "ldh", Operand::packet},
    Spelling{ld | b | abs, "ldb", Operand::packet},
    Spelling{ld | w | ind, "ld", Operand::packet_x},
    Spelling{ld | h | ind, "ldh", Operand::packet_x},
    Spelling{ld | b | ind, "ldb", Operand::packet_x},
    Spelling{ld | w | len, "ld", Operand::length},
    Spelling{ld | imm, "ld", Operand::hexadecimal},
    Spelling{ldx | imm, "ldx", Operand::hexadecimal},
    Spelling{ldx | b | msh, "ldxb", Operand::header},
    Spelling{ld | mem, "ld", Operand::memory},
    Spelling{ldx | mem, "ldx", Operand::memory},
    Spelling{st, "st", Operand::memory},
    Spelling{stx, "stx", Operand::memory},
    Spelling{jmp | ja, "ja", Operand::target},
    Spelling{jmp | jeq | code::k, "jeq", Operand::hexadecimal},
    Spelling{jmp | jgt | code::k, "jgt", Operand::hexadecimal},
    Spelling{jmp | jge | code::k, "jge", Operand::hexadecimal},
    Spelling{jmp | jset | code::k, "jset", Operand::hexadecimal},
    Spelling{jmp | jeq | code::x, "jeq", Operand::x},
    Spelling{jmp | jgt | code::x, "jgt", Operand::x},
    Spelling{jmp | jge | code::x, "jge", Operand::x},
    Spelling{jmp | jset | code::x, "jset", Operand::x},
    Spelling{alu | add | code::k, "add", Operand::decimal},
    Spelling{alu | sub | code::k, "sub", Operand::decimal},
    Spelling{alu | mul | code::k, "mul", Operand::decimal},
    Spelling{alu | div | code::k, "div", Operand::decimal},
    Spelling{alu | mod | code::k, "mod", Operand::decimal},
    Spelling{alu | and_ | code::k, "and", Operand::hexadecimal},
    Spelling{alu | or_ | code::k, "or", Operand::hexadecimal},
    Spelling{alu | xor_ | code::k, "xor", Operand::hexadecimal},
    Spelling{alu | lsh | code::k, "lsh", Operand::decimal},
    Spelling{alu | rsh | code::k, "rsh", Operand::decimal},
    Spelling{alu | add | code::x, "add", Operand::x},
    Spelling{alu | sub | code::x, "sub", Operand::x},
    Spelling{alu | mul | code::x, "mul", Operand::x},
    Spelling{alu | div | code::x, "div", Operand::x},
    Spelling{alu | mod | code::x, "mod", Operand::x},
    Spelling{alu | and_ | code::x, "and", Operand::x},
    Spelling{alu | or_ | code::x, "or", Operand::x},
    Spelling{alu | xor_ | code::x, "xor", Operand::x},
    Spelling{alu | lsh | code::x, "lsh", Operand::x},
    Spelling{alu | rsh | code::x, "rsh", Operand::x},
    Spelling{alu | neg, "neg", Operand::none},
    Spelling{misc | tax, "tax", Operand::none},
    Spelling{misc | txa, "txa", Operand::none},
};

std::string operand(Operand form, std::uint32_t value, std::size_t index) {
  // libpcap prints most numbers as signed ones.
  const auto number = static_cast<std::int32_t>(value);
  switch (form) {
    case Operand::none:
      return "";
    case Operand::x:
      return "x";
    case Operand::decimal:
      return fmt::format("#{}", number);
    case Operand::hexadecimal:
      return fmt::format("#0x{:x}", value);
    case Operand::packet:
      return fmt::format("[{}]", number);
    case Operand::packet_x:
      return fmt::format("[x + {}]", number);
    case Operand::memory:
      return fmt::format("M[{}]", number);
    case Operand::header:
      return fmt::format("4*([{}]&0xf)", number);
    case Operand::length:
      return "#pktlen";
    case Operand::target:
      return fmt::format("{}", static_cast<std::int64_t>(index) + 1 + number);
  }
  return "";
}

}  // namespace

std::string disassemble(const Instruction& instruction, std::size_t index) {
  const auto* const found =
      std::ranges::find(spellings, instruction.code, [](const Spelling& row) { return row.code; });
  const bool known = found != spellings.end();
  const char* const mnemonic = known ? found->mnemonic : "unimp";
  const std::string text = known ? operand(found->operand, instruction.k, index)
                                 : fmt::format("0x{:x}", instruction.code);
  if ((instruction.code & 0x07) == jmp && (instruction.code & 0xf0) != ja) {
    return fmt::format("({:03}) {:<8} {:<16} jt {}\tjf {}", index, mnemonic, text,
                       index + 1 + instruction.jump_true, index + 1 + instruction.jump_false);
  }
  return fmt::format("({:03}) {:<8} {}", index, mnemonic, text);
}

std::string disassemble(ProgramView program) {
  std::string text;
  for (std::size_t i = 0; i < program.size(); ++i) text += disassemble(program[i], i) + '\n';
  return text;
}

std::string c_initializers(ProgramView program) {
  std::string text;
  for (const Instruction& each : program) {
    fmt::format_to(std::back_inserter(text), "{{ 0x{:x}, {}, {}, 0x{:08x} }},\n", each.code,
                   each.jump_true, each.jump_false, each.k);
  }
  return text;
}

std::string decimal(ProgramView program) {
  std::string text = fmt::format("{}\n", program.size());
  for (const Instruction& each : program) {
    fmt::format_to(std::back_inserter(text), "{} {} {} {}\n", each.code, each.jump_true,
                   each.jump_false, each.k);
  }
  return text;
}

}  // namespace weir::bpf
