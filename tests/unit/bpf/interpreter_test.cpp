// What each instruction means.
#include "weir/bpf/interpreter.h"

#include <gtest/gtest.h>

#include "support/hex.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"

namespace weir::bpf {
namespace {

using test::hex;

constexpr Instruction return_a{code::ret | code::a, 0, 0, 0};
const auto packet = hex("45 00 00 1c ff fe fd fc 80 01");

Instruction with_k(std::uint16_t code, std::uint32_t k) { return {code, 0, 0, k}; }

// What a program that ends with "ret a" returns, on both engines.
std::uint32_t result(Program program, std::uint32_t wire_length = 1500) {
  program.push_back(return_a);
  EXPECT_TRUE(verify(program));
  const std::uint32_t answer = run(program, packet, wire_length);
  if (const auto jit = Jit::compile(program)) {
    EXPECT_EQ(jit->run(packet, wire_length), answer);
  }
  return answer;
}

std::uint32_t computed(std::uint16_t operation, std::uint32_t a, std::uint32_t by) {
  const Instruction load_a = with_k(code::ld | code::imm, a);
  const Instruction load_x = with_k(code::ldx | code::imm, by);
  const std::uint32_t by_x = result(
      {load_a, load_x, with_k(static_cast<std::uint16_t>(code::alu | operation | code::x), 0)});
  const auto constant = static_cast<std::uint16_t>(code::alu | operation);
  if (verify(Program{with_k(constant, by), return_a})) {
    EXPECT_EQ(result({load_a, with_k(constant, by)}), by_x);
  }
  return by_x;
}

TEST(Interpreter, LoadsBigEndianNumbersOfEverySize) {
  EXPECT_EQ(result({with_k(code::ld | code::w | code::abs, 4)}), 0xfffefdfcU);
  EXPECT_EQ(result({with_k(code::ld | code::h | code::abs, 4)}), 0xfffeU);
  EXPECT_EQ(result({with_k(code::ld | code::b | code::abs, 4)}), 0xffU);
  const Instruction x = with_k(code::ldx | code::imm, 2);
  EXPECT_EQ(result({x, with_k(code::ld | code::w | code::ind, 2)}), 0xfffefdfcU);
  EXPECT_EQ(result({x, with_k(code::ld | code::h | code::ind, 2)}), 0xfffeU);
  EXPECT_EQ(result({x, with_k(code::ld | code::b | code::ind, 2)}), 0xffU);
}

TEST(Interpreter, RefusesAPacketThatEndsBeforeALoad) {
  EXPECT_EQ(result({with_k(code::ld | code::w | code::abs, 6)}), 0xfdfc8001U);
  const Instruction set = with_k(code::ld | code::imm, 1);
  for (const auto& [size, last] : {std::pair{code::w, 7U}, {code::h, 9U}, {code::b, 10U}}) {
    const auto absolute = static_cast<std::uint16_t>(code::ld | size | code::abs);
    const auto indirect = static_cast<std::uint16_t>(code::ld | size | code::ind);
    for (const std::uint32_t offset :
         {last, 0x7fff'ffffU, 0x8000'0000U, 0xffff'fffcU, 0xffff'ffffU}) {
      // The load refuses the packet even where its result is not read.
      EXPECT_EQ(result({with_k(absolute, offset), set}), 0U);
      EXPECT_EQ(result({with_k(indirect, offset), set}), 0U);
      EXPECT_EQ(result({with_k(code::ldx | code::imm, offset), with_k(indirect, 0), set}), 0U);
      // The sum does not wrap around.
      EXPECT_EQ(result({with_k(code::ldx | code::imm, 8), with_k(indirect, 0xffff'fff8), set}), 0U);
    }
    EXPECT_EQ(result({with_k(absolute, last - 1), set}), 1U);
    EXPECT_EQ(result({with_k(code::ldx | code::imm, last - 1), with_k(indirect, 0), set}), 1U);
  }
  EXPECT_EQ(result({with_k(code::ldx | code::b | code::msh, 10), set}), 0U);
}

TEST(Interpreter, LoadsTheHeaderLengthTheWireLengthAndConstants) {
  const Instruction txa = with_k(code::misc | code::txa, 0);
  EXPECT_EQ(result({with_k(code::ldx | code::b | code::msh, 0), txa}), 20U);
  EXPECT_EQ(result({with_k(code::ld | code::w | code::len, 0)}), 1500U);
  EXPECT_EQ(result({with_k(code::ldx | code::w | code::len, 0), txa}), 1500U);
  EXPECT_EQ(result({with_k(code::ld | code::imm, 0xffff'ffff)}), 0xffff'ffffU);
}

TEST(Interpreter, StartsWithRegistersAndMemoryCleared) {
  EXPECT_EQ(result({}), 0U);
  EXPECT_EQ(result({with_k(code::misc | code::txa, 0)}), 0U);
  for (std::uint32_t cell = 0; cell < memory_size; ++cell) {
    EXPECT_EQ(result({with_k(code::ld | code::mem, cell)}), 0U);
  }
}

TEST(Interpreter, KeepsEveryCellOfTheMemoryApart) {
  Program program;
  for (std::uint32_t cell = 0; cell < memory_size; ++cell) {
    program.push_back(with_k(code::ld | code::imm, 1U << cell));
    program.push_back(with_k(code::misc | code::tax, 0));
    program.push_back(with_k(cell % 2 == 0 ? code::st : code::stx, cell));
  }
  program.push_back(with_k(code::ld | code::imm, 0));
  for (std::uint32_t cell = 0; cell < memory_size; ++cell) {
    program.push_back(with_k(code::ldx | code::mem, cell));
    program.push_back(with_k(code::alu | code::add | code::x, 0));
  }
  EXPECT_EQ(result(program), 0xffffU);
}

TEST(Interpreter, ComputesInThirtyTwoBitsWithoutSign) {
  EXPECT_EQ(computed(code::add, 0xffff'ffff, 2), 1U);
  EXPECT_EQ(computed(code::sub, 1, 2), 0xffff'ffffU);
  EXPECT_EQ(computed(code::mul, 0x8000'0001, 0xffff'ffff), 0x7fff'ffffU);
  EXPECT_EQ(computed(code::div, 0xffff'ffff, 7), 613'566'756U);
  EXPECT_EQ(computed(code::div, 0xffff'ffff, 16), 0x0fff'ffffU);
  EXPECT_EQ(computed(code::mod, 0xffff'ffff, 7), 3U);
  EXPECT_EQ(computed(code::mod, 0xffff'ffff, 16), 15U);
  EXPECT_EQ(computed(code::and_, 0xf0f0, 0xff00), 0xf000U);
  EXPECT_EQ(computed(code::or_, 0xf0f0, 0xff00), 0xfff0U);
  EXPECT_EQ(computed(code::xor_, 0xf0f0, 0xff00), 0x0ff0U);
  EXPECT_EQ(computed(code::lsh, 0x8000'0001, 1), 2U);
  EXPECT_EQ(computed(code::rsh, 0x8000'0001, 1), 0x4000'0000U);
  EXPECT_EQ(result({with_k(code::ld | code::imm, 1), with_k(code::alu | code::neg, 0)}),
            0xffff'ffffU);
}

TEST(Interpreter, RefusesAPacketOnDivisionByX) {
  const Instruction set = with_k(code::ld | code::imm, 1);
  EXPECT_EQ(result({set, with_k(code::alu | code::div | code::x, 0), set}), 0U);
  EXPECT_EQ(result({set, with_k(code::alu | code::mod | code::x, 0), set}), 0U);
}

TEST(Interpreter, ShiftsToZeroByThirtyTwoAndMore) {
  for (const std::uint32_t width : {32U, 33U, 64U, 0xffff'ffffU}) {
    EXPECT_EQ(computed(code::lsh, 0xffff'ffff, width), 0U);
    EXPECT_EQ(computed(code::rsh, 0xffff'ffff, width), 0U);
  }
  EXPECT_EQ(computed(code::lsh, 0xffff'ffff, 31), 0x8000'0000U);
}

TEST(Interpreter, JumpsOnUnsignedComparisons) {
  const auto taken = [](std::uint16_t operation, std::uint32_t a, std::uint32_t with) {
    const Program by_constant{with_k(code::ld | code::imm, a),
                              {static_cast<std::uint16_t>(code::jmp | operation), 0, 1, with},
                              with_k(code::ret, 2),
                              with_k(code::ld | code::imm, 1)};
    Program by_x = by_constant;
    by_x[1].code |= code::x;
    by_x[1].k = 0;
    by_x.insert(by_x.begin(), with_k(code::ldx | code::imm, with));
    const std::uint32_t answer = result(by_constant);
    EXPECT_EQ(result(by_x), answer);
    return answer == 2;
  };
  EXPECT_TRUE(taken(code::jeq, 5, 5));
  EXPECT_FALSE(taken(code::jeq, 5, 6));
  EXPECT_TRUE(taken(code::jgt, 0x8000'0000, 1));
  EXPECT_FALSE(taken(code::jgt, 5, 5));
  EXPECT_TRUE(taken(code::jge, 5, 5));
  EXPECT_FALSE(taken(code::jge, 4, 5));
  EXPECT_TRUE(taken(code::jset, 6, 2));
  EXPECT_FALSE(taken(code::jset, 6, 9));
}

TEST(Interpreter, EndsALoopAtItsLimit) {
  // Each round but the last goes back 3 instructions.
  const Program program{with_k(code::ld | code::w | code::len, 0),
                        with_k(code::alu | code::sub, 1),
                        {code::jmp | code::jeq, 1, 0, 0},
                        with_k(code::jmp | code::ja, 0xffff'fffd),
                        with_k(code::ret, 7)};
  for (const auto& [rounds, limit, expected] :
       {std::tuple{10U, 27U, 7U}, {10U, 26U, 0U}, {1U, 0U, 7U}, {2U, 2U, 0U}, {2U, 3U, 7U}}) {
    EXPECT_EQ(run(program, packet, rounds, limit), expected) << rounds << ' ' << limit;
    if (const auto jit = Jit::compile(program, limit)) {
      EXPECT_EQ(jit->run(packet, rounds), expected) << rounds << ' ' << limit;
    }
  }
  const Program for_ever{with_k(code::jmp | code::ja, 0xffff'ffff), with_k(code::ret, 7)};
  EXPECT_EQ(run(for_ever, packet, 1), 0U);
  if (const auto jit = Jit::compile(for_ever)) {
    EXPECT_EQ(jit->run(packet, 1), 0U);
  }
}

}  // namespace
}  // namespace weir::bpf
