// Combination of programs: the returns of one become jumps to the next.
#include "weir/filter/combine.h"

#include <algorithm>

namespace weir::filter {
namespace {

using bpf::Instruction;
using bpf::Program;
using bpf::ProgramView;
namespace code = bpf::code;

constexpr std::uint16_t return_constant = code::ret | code::k;
constexpr std::uint16_t return_a = code::ret | code::a;
constexpr std::uint16_t jump = code::jmp | code::ja;
constexpr std::uint32_t everything = 0xffffffff;

bool is_return(const Instruction& instruction) noexcept {
  return (instruction.code & 7) == code::ret;
}

/// Which answers of a program are final; the others go on behind its end.
enum class Final : std::uint8_t { refusals, matches, all };

bool is_final(Final final, std::uint32_t answer) noexcept {
  return final == Final::all || (answer != 0) == (final == Final::matches);
}

/// Turns the returns that are not final into jumps to behind the end. A return of A is decided at
/// the end, which `tail` says how to do; so no instruction but these changes its place.
void go_on_at_end(Program& program, Final final, std::initializer_list<Instruction> tail) {
  const std::size_t size = program.size();
  const bool returns_a =
      std::ranges::any_of(program, [](const Instruction& i) { return i.code == return_a; });
  if (returns_a) program.insert(program.end(), tail);
  for (std::size_t i = 0; i < size; ++i) {
    Instruction& instruction = program[i];
    if (!is_return(instruction)) continue;
    const bool of_a = instruction.code == return_a;
    if (!of_a && is_final(final, instruction.k)) continue;
    const std::size_t target = of_a ? size : program.size();
    instruction = {jump, 0, 0, static_cast<std::uint32_t>(target - i - 1)};
  }
}

/// Registers and memory as a program finds them at its start.
void append_fresh(Program& program, ProgramView next) {
  program.push_back({code::ld | code::imm, 0, 0, 0});
  program.push_back({code::ldx | code::imm, 0, 0, 0});
  for (std::uint32_t cell = 0; cell < bpf::memory_size; ++cell) {
    const bool is_read = std::ranges::any_of(next, [cell](const Instruction& i) {
      return i.k == cell && (i.code == (code::ld | code::mem) || i.code == (code::ldx | code::mem));
    });
    if (is_read) program.push_back({code::st, 0, 0, cell});
  }
  program.insert(program.end(), next.begin(), next.end());
}

}  // namespace

Program both(Program first, ProgramView second) {
  go_on_at_end(first, Final::refusals,
               {{code::jmp | code::jeq, 0, 1, 0}, {return_constant, 0, 0, 0}});
  append_fresh(first, second);
  return first;
}

Program either(Program first, ProgramView second) {
  go_on_at_end(first, Final::matches, {{code::jmp | code::jeq, 1, 0, 0}, {return_a, 0, 0, 0}});
  append_fresh(first, second);
  return first;
}

Program negation(Program program) {
  for (Instruction& instruction : program) {
    if (instruction.code == return_constant) instruction.k = instruction.k == 0 ? everything : 0;
  }
  // What is left returns A, and is decided at the end.
  go_on_at_end(program, Final::all,
               {{code::jmp | code::jeq, 0, 1, 0},
                {return_constant, 0, 0, everything},
                {return_constant, 0, 0, 0}});
  return program;
}

Program with_wire_length(std::uint32_t least, std::uint32_t most, ProgramView program) {
  Program bounded{{code::ld | code::len, 0, 0, 0},
                  {code::jmp | code::jge, 0, 1, least},
                  {code::jmp | code::jgt, 0, 1, most},
                  {return_constant, 0, 0, 0}};
  append_fresh(bounded, program);
  return bounded;
}

}  // namespace weir::filter
