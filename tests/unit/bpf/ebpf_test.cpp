// Translations to eBPF: what they decide, run on a machine of the tests; their shape; refusals.
#include "weir/bpf/ebpf.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "bpf/ebpf_code.h"
#include "support/arithmetic_program.h"
#include "support/far_program.h"
#include "unit/bpf/ebpf_machine.h"
#include "weir/bpf/interpreter.h"

namespace weir::bpf {
namespace {

using test::EbpfMachine;
using test::TagBeside;

constexpr TranslationOptions options{
    .scratch_map = 3, .match = 7, .no_match = -5, .may_goto = false};
constexpr Instruction accept{code::ret | code::k, 0, 0, 1};
constexpr Instruction reject{code::ret | code::k, 0, 0, 0};

Instruction make(unsigned opcode, std::uint32_t k = 0) {
  return {static_cast<std::uint16_t>(opcode), 0, 0, k};
}
Instruction branch(unsigned comparison, std::uint32_t k, std::uint8_t yes, std::uint8_t no) {
  return {static_cast<std::uint16_t>(code::jmp | comparison), yes, no, k};
}
const Instruction load_byte_behind_x = make(code::ld | code::b | code::ind);

std::vector<std::uint8_t> counting_frame(std::size_t size) {
  std::vector<std::uint8_t> frame(size);
  for (std::size_t i = 0; i < size; ++i) frame[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  return frame;
}

EbpfProgram translated(ProgramView program, const TranslationOptions& with = options) {
  const auto result = translate(program, with);
  if (!result) throw std::invalid_argument{describe(result.error().problem)};
  return *result;
}

TranslationError refusal(ProgramView program, const TranslationOptions& with = options) {
  const auto result = translate(program, with);
  EXPECT_FALSE(result.has_value());
  return result ? TranslationError{} : result.error();
}

/// The frame on the wire has a tag at offset 12, the machine gets it beside the rest.
std::int32_t run_with_tag_beside(ProgramView program, Bytes frame) {
  std::vector<std::uint8_t> rest(frame.begin(), frame.begin() + 12);
  rest.insert(rest.end(), frame.begin() + 16, frame.end());
  const TagBeside tag{load_be<std::uint16_t>(&frame[12]), load_be<std::uint16_t>(&frame[14])};
  return EbpfMachine{rest, tag}.run(translated(program));
}

TEST(EbpfTranslation, DecidesRandomProgramsAsTheInterpreterDoes) {
  std::mt19937_64 random{11};
  int matched = 0;
  for (int i = 0; i < 4000; ++i) {
    const Program program = test::far_program(random);
    const EbpfProgram translation = translated(program);
    for (const std::size_t size : {0U, 14U, 43U, 60U, 255U, 256U, 257U, 259U, 700U}) {
      const auto frame = counting_frame(size);
      const bool expected = run(program, frame, static_cast<std::uint32_t>(size)) != 0;
      matched += expected ? 1 : 0;
      ASSERT_EQ(EbpfMachine{frame}.run(translation), expected ? 7 : -5) << i << ", " << size;
      if (size < 16) continue;
      ASSERT_EQ(run_with_tag_beside(program, frame), expected ? 7 : -5) << i << ", " << size;
    }
  }
  EXPECT_GT(matched, 1000);
}

TEST(EbpfTranslation, ReadsEveryOctetOfTheFrameAndNoneBehindIt) {
  const auto frame = counting_frame(300);
  for (std::uint32_t at = 0; at < 310; ++at) {
    const std::uint32_t octet = at < 300 ? frame[at] : 0;
    for (const bool indirect : {false, true}) {
      const Program program{
          make(code::ldx | code::imm, at),
          make(code::ld | code::b | (indirect ? code::ind : code::abs), indirect ? 0 : at),
          branch(code::jeq, octet, 0, 1), accept, reject};
      const std::int32_t expected = at < 300 ? 7 : -5;
      EXPECT_EQ(EbpfMachine{frame}.run(translated(program)), expected) << at;
      EXPECT_EQ(run_with_tag_beside(program, frame), expected) << at << " with a tag";
    }
  }
}

TEST(EbpfTranslation, PutsATagBackIntoFramesThatHaveBothAddresses) {
  const auto length_is = [](std::uint32_t length) {
    return translated(
        Program{make(code::ld | code::len), branch(code::jeq, length, 0, 1), accept, reject});
  };
  const TagBeside tag{0x8100, 0x0005};
  EXPECT_EQ((EbpfMachine{counting_frame(12), tag}.run(length_is(16))), 7);
  EXPECT_EQ((EbpfMachine{counting_frame(11), tag}.run(length_is(11))), 7);
  EXPECT_EQ((EbpfMachine{counting_frame(16)}.run(length_is(16))), 7);
}

TEST(EbpfTranslation, DoesNotWrapOffsetsAround) {
  const auto frame = counting_frame(60);
  for (const std::uint32_t x : {0xffffffffU, 0xfffffff0U, 0x80000000U}) {
    const Program program{make(code::ldx | code::imm, x),
                          make(code::ld | code::b | code::ind, 0U - x + 3), accept};
    EXPECT_EQ(EbpfMachine{frame}.run(translated(program)), -5) << x;
  }
  const Program far{make(code::ld | code::w | code::abs, 0x7ffffffe), accept};
  EXPECT_EQ(EbpfMachine{frame}.run(translated(far)), -5);
}

TEST(EbpfTranslation, ComputesIn32BitsAsTheInterpreterDoes) {
  for (const auto& [first, second] : test::operation_pairs()) {
    const Program value = test::value_of(first, second);
    const EbpfProgram equal = translated(test::value_equals(first, second));
    for (auto frame : test::operand_frames()) {
      const std::uint32_t result = run(value, frame, static_cast<std::uint32_t>(frame.size()));
      store_be(&frame[test::expected_offset], result);
      // A division by 0 refuses the packet, whatever is expected.
      const bool computed = run(test::value_equals(first, second), frame,
                                static_cast<std::uint32_t>(frame.size())) != 0;
      EXPECT_EQ(EbpfMachine{frame}.run(equal), computed ? 7 : -5) << first << ", " << second;
      store_be(&frame[test::expected_offset], result + 1);
      EXPECT_EQ(EbpfMachine{frame}.run(equal), -5) << first << ", " << second;
    }
  }
}

TEST(EbpfTranslation, DividesByZeroWithoutAMatch) {
  for (const std::uint16_t operation : {code::div, code::mod}) {
    const Program program{make(code::alu | operation | code::x), accept};
    EXPECT_EQ(EbpfMachine{counting_frame(20)}.run(translated(program)), -5);
  }
}

TEST(EbpfTranslation, ShiftsEverythingOutBeyond31Bits) {
  for (const std::uint16_t operation : {code::lsh, code::rsh}) {
    for (const std::uint32_t by : {31U, 32U, 33U, 0xffffffffU}) {
      const Program program{make(code::ld | code::imm, 0xffffffff), make(code::ldx | code::imm, by),
                            make(code::alu | operation | code::x), make(code::ret | code::a)};
      EXPECT_EQ(EbpfMachine{counting_frame(20)}.run(translated(program)), by == 31 ? 7 : -5) << by;
    }
  }
}

TEST(EbpfTranslation, StartsWithZeros) {
  const Program sum{make(code::alu | code::or_ | code::x), make(code::misc | code::tax),
                    make(code::ld | code::mem, 15), make(code::alu | code::or_ | code::x),
                    make(code::ret | code::a)};
  EXPECT_EQ(EbpfMachine{counting_frame(20)}.run(translated(sum)), -5);
}

TEST(EbpfTranslation, LeavesOutWhatCannotRun) {
  const Program plain{accept};
  const Program padded{make(code::jmp | code::ja, 2), load_byte_behind_x, reject, accept, reject};
  EXPECT_EQ(translated(padded), translated(plain));
}

// The kernel refuses a program with an instruction no path reaches, or a jump into a wide load.
void expect_well_formed(EbpfProgramView program) {
  std::vector<bool> seen(program.size());
  std::vector<std::size_t> open{0};
  const auto visit = [&](std::ptrdiff_t target) {
    ASSERT_GE(target, 0);
    ASSERT_LT(target, std::ssize(program));
    const auto at = static_cast<std::size_t>(target);
    ASSERT_NE(program[at].opcode, 0) << "the second half of a wide load";
    if (!seen[at]) open.push_back(at);
    seen[at] = true;
  };
  visit(0);
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    const EbpfInstruction& it = program[at];
    const auto next = static_cast<std::ptrdiff_t>(at) + 1;
    const bool jumps = ((it.opcode & 7) == code::jmp || (it.opcode & 7) == ebpf::jmp32) &&
                       it.opcode != ebpf::call && it.opcode != ebpf::exit;
    if (jumps) visit(next + it.offset);
    if (it.opcode == ebpf::load_immediate64) {
      seen[at + 1] = true;
      visit(next + 1);
    } else if (it.opcode != (code::jmp | code::ja) && it.opcode != ebpf::exit) {
      visit(next);
    }
  }
  EXPECT_EQ(std::ranges::count(seen, false), 0);
}

TEST(EbpfTranslation, HasNoUnreachableInstruction) {
  std::mt19937_64 random{12};
  for (int i = 0; i < 2000; ++i) expect_well_formed(translated(test::far_program(random)));
  expect_well_formed(translated(Program{accept}));
  expect_well_formed(translated(Program{reject}));
  expect_well_formed(translated(Program{make(code::ret | code::a)}));
}

TEST(EbpfTranslation, PutsFragmentsOneBehindTheOther) {
  const Program is_14{make(code::ld | code::len), branch(code::jeq, 14, 0, 1), accept, reject};
  const Program is_long{make(code::ld | code::len), branch(code::jgt, 100, 0, 1), accept, reject};
  EbpfProgram whole = copy_frame(3, -9);
  for (const Program& program : {is_14, is_long}) {
    const auto fragment = translate_fragment(program, {.match = 1, .no_match = 0});
    ASSERT_TRUE(fragment.has_value());
    whole.insert(whole.end(), fragment->begin(), fragment->end());
    // if r0 == 0 goto the next fragment, else return it
    whole.push_back(
        ebpf::instruction(code::jmp | code::jeq, ebpf::Register::r0, ebpf::Register::r0, 1));
    whole.push_back(ebpf::instruction(ebpf::exit, ebpf::Register::r0));
  }
  whole.push_back(ebpf::instruction(ebpf::exit, ebpf::Register::r0));
  EXPECT_EQ(EbpfMachine{counting_frame(14)}.run(whole), 1);
  EXPECT_EQ(EbpfMachine{counting_frame(101)}.run(whole), 1);
  EXPECT_EQ(EbpfMachine{counting_frame(60)}.run(whole), 0);
}

TEST(EbpfTranslation, RunsLoopsWithMayGoto) {
  // X counts down from octet 0; the loop ends at 0.
  const Program countdown{make(code::ld | code::b | code::abs, 0),
                          branch(code::jeq, 0, 2, 0),
                          make(code::alu | code::sub | code::k, 1),
                          make(code::jmp | code::ja, static_cast<std::uint32_t>(-3)),
                          make(code::ld | code::b | code::abs, 1),
                          make(code::ret | code::a)};
  TranslationOptions with = options;
  with.may_goto = true;
  std::vector<std::uint8_t> frame(14);
  frame[0] = 200;
  EXPECT_EQ(EbpfMachine{frame}.run(translated(countdown, with)), -5);
  frame[1] = 1;
  EXPECT_EQ(EbpfMachine{frame}.run(translated(countdown, with)), 7);
}

TEST(EbpfTranslation, EndsAnEndlessLoopWithoutAMatch) {
  const Program endless{make(code::jmp | code::ja, static_cast<std::uint32_t>(-1)), accept};
  TranslationOptions with = options;
  with.may_goto = true;
  EXPECT_EQ(EbpfMachine{counting_frame(14)}.run(translated(endless, with)), -5);
}

TEST(EbpfTranslation, RefusesLoopsThatTheKernelCannotRun) {
  const Program endless{load_byte_behind_x,
                        make(code::jmp | code::ja, static_cast<std::uint32_t>(-2)), accept};
  EXPECT_EQ(refusal(endless), (TranslationError{TranslationProblem::loop, 1}));
  EXPECT_STREQ(describe(TranslationProblem::loop), "has a loop: run it in user space");
}

TEST(EbpfTranslation, RefusesInvalidPrograms) {
  EXPECT_EQ(refusal(Program{}), (TranslationError{TranslationProblem::invalid, 0}));
  EXPECT_EQ(refusal(Program{make(code::ld | code::len), make(0xff), accept}),
            (TranslationError{TranslationProblem::invalid, 1}));
  EXPECT_EQ(refusal(Program{branch(code::jeq, 0, 0, 1), accept}).problem,
            TranslationProblem::invalid);
  EXPECT_EQ(refusal(Program{make(code::st, 16), accept}).problem, TranslationProblem::invalid);
  EXPECT_EQ(refusal(Program{make(code::ld | code::len)}).problem, TranslationProblem::invalid);
}

TEST(EbpfTranslation, RefusesAncillaryLoads) {
  // SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT, SKF_NET_OFF, SKF_LL_OFF
  for (const std::uint32_t offset : {0xfffff030U, 0xfff00000U, 0xffe00000U}) {
    const Program program{make(code::ld | code::len), make(code::ld | code::b | code::abs, offset),
                          accept};
    EXPECT_EQ(refusal(program), (TranslationError{TranslationProblem::ancillary, 1}));
  }
}

TEST(EbpfTranslation, RefusesJumpsBeyond16Bits) {
  Program program(33000, make(code::alu | code::add | code::k, 1));
  program.front() = make(code::ld | code::b | code::abs, 0);
  program.push_back(accept);
  EXPECT_EQ(refusal(program).problem, TranslationProblem::jump_too_far);
  program.resize(32000, make(code::alu | code::add | code::k, 1));
  program.push_back(accept);
  EXPECT_TRUE(translate(program, options).has_value());
}

}  // namespace
}  // namespace weir::bpf
