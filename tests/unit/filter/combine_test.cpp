// Combined programs against the answers of the programs they are made of.
#include "weir/filter/combine.h"

#include <gtest/gtest.h>

#include <random>

#include "support/bpf_program.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/verify.h"

namespace weir::filter {
namespace {

using bpf::Program;

/// A random program, and none of whose loads can leave the packet.
Program safe_program(std::mt19937& random) {
  std::array<std::uint8_t, 96> bytes;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  Program program = test::program_from(bytes, {});
  for (bpf::Instruction& instruction : program) {
    const unsigned kind = instruction.code & 7U;
    const unsigned mode = instruction.code & 0xe0U;
    if (kind > 1 || (mode != bpf::code::abs && mode != bpf::code::ind && mode != bpf::code::msh)) {
      continue;
    }
    if (mode == bpf::code::ind) instruction.code = bpf::code::ld | bpf::code::abs;
    instruction.k %= 40;
  }
  return program;
}

std::uint32_t answer(const Program& program, const std::vector<std::uint8_t>& data) {
  return bpf::run(program, data, static_cast<std::uint32_t>(data.size()));
}

/// A load beyond the packet and a division by zero end the whole program, so those are left out.
bool divides_by_x(const Program& program) {
  return std::ranges::any_of(
      program, [](const bpf::Instruction& i) { return i.code == 0x3c || i.code == 0x9c; });
}

TEST(Combine, AgreesWithTheAnswersOfItsParts) {
  std::mt19937 random{7};
  std::vector<std::uint8_t> data(64);
  std::size_t matched = 0;
  std::size_t compared = 0;
  while (compared < 2000) {
    const Program first = safe_program(random);
    const Program second = safe_program(random);
    if (divides_by_x(first) || divides_by_x(second)) continue;
    ++compared;
    for (std::uint8_t& byte : data) byte = static_cast<std::uint8_t>(random());
    const std::uint32_t a = answer(first, data);
    const std::uint32_t b = answer(second, data);
    const Program conjunction = both(first, second);
    const Program disjunction = either(first, second);
    const Program inverse = negation(first);
    for (const Program* program : {&conjunction, &disjunction, &inverse}) {
      ASSERT_TRUE(bpf::verify(*program));
    }
    ASSERT_EQ(answer(conjunction, data), a == 0 ? 0 : b);
    ASSERT_EQ(answer(disjunction, data), a != 0 ? a : b);
    ASSERT_EQ(answer(inverse, data), a == 0 ? 0xffffffff : 0U);
    matched += a != 0 ? 1U : 0U;
  }
  EXPECT_GT(matched, 200U);
  EXPECT_LT(matched, 1800U);
}

TEST(Combine, StartsTheSecondProgramAfresh) {
  using namespace bpf::code;  // NOLINT: the words of the language
  const Program dirty{{ld | imm, 0, 0, 7}, {misc | tax, 0, 0, 0}, {st, 0, 0, 3}, {ret, 0, 0, 1}};
  const Program reads_a{{ret | a, 0, 0, 0}};
  const Program reads_x{{misc | txa, 0, 0, 0}, {ret | a, 0, 0, 0}};
  const Program reads_memory{{ld | mem, 0, 0, 3}, {ret | a, 0, 0, 0}};
  for (const Program& second : {reads_a, reads_x, reads_memory}) {
    EXPECT_EQ(answer(both(dirty, second), {}), 0U);
  }
}

TEST(Combine, RefusesThePacketForALoadBeyondIt) {
  using namespace bpf::code;  // NOLINT: the words of the language
  const Program far{{ld | abs | b, 0, 0, 100}, {ret, 0, 0, 1}};
  const Program all{{ret, 0, 0, 1}};
  const std::vector<std::uint8_t> data(60);
  EXPECT_EQ(answer(either(far, all), data), 0U);
  EXPECT_EQ(answer(negation(far), data), 0U);
  EXPECT_EQ(answer(either(all, far), data), 1U);
}

TEST(Combine, BoundsTheLengthOnTheWire) {
  const Program all{{bpf::code::ret, 0, 0, 5}};
  const Program bounded = with_wire_length(60, 100, all);
  ASSERT_TRUE(bpf::verify(bounded, bpf::Level::kernel));
  for (const auto& [length, expected] : {std::pair{59U, 0U}, {60U, 5U}, {100U, 5U}, {101U, 0U}}) {
    EXPECT_EQ(bpf::run(bounded, {}, length), expected) << length;
  }
}

}  // namespace
}  // namespace weir::filter
