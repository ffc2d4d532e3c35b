// Which programs may run, and why others may not; libpcap is asked about random ones.
#include "weir/bpf/verify.h"

#include <gtest/gtest.h>

#include <random>

#include "support/bpf_program.h"
#include "support/libpcap_bpf.h"
#include "weir/bpf/disassemble.h"

namespace weir::bpf {
namespace {

constexpr Instruction accept{code::ret, 0, 0, 1};

Instruction with_k(std::uint16_t code, std::uint32_t k) { return {code, 0, 0, k}; }

void expect_fault(const Program& program, Level level, Fault fault, std::size_t index) {
  const auto verified = verify(program, level);
  ASSERT_FALSE(verified) << disassemble(program);
  EXPECT_EQ(verified.error(), (VerifyError{fault, index})) << describe(verified.error());
}

// Refused at both levels for the same reason.
void expect_fault(const Program& program, Fault fault, std::size_t index) {
  expect_fault(program, Level::valid, fault, index);
  expect_fault(program, Level::kernel, fault, index);
}

TEST(Verify, RefusesAProgramWithoutInstructions) { expect_fault({}, Fault::empty, 0); }

TEST(Verify, RefusesEveryCodeLibpcapsInterpreterDoesNotKnow) {
  std::size_t known = 0;
  for (unsigned code = 0; code <= 0xffff; ++code) {
    const Instruction instruction{static_cast<std::uint16_t>(code), 0, 0, 1};
    const auto verified = verify(Program{instruction, accept, accept});
    // libpcap prints every code it runs, but for the length into X.
    const bool libpcaps = test::libpcap::image(instruction, 0).find("unimp") == std::string::npos ||
                          code == (code::ldx | code::len);
    EXPECT_EQ(verified.has_value(), libpcaps) << std::hex << code;
    if (!verified) {
      EXPECT_EQ(verified.error(), (VerifyError{Fault::unknown_instruction, 0}));
      continue;
    }
    ++known;
    EXPECT_TRUE(test::libpcap::validate(Program{instruction, accept, accept})) << std::hex << code;
  }
  EXPECT_EQ(known, 49U);
}

TEST(Verify, RefusesJumpsOutOfTheProgram) {
  expect_fault({{code::jmp | code::jeq, 0, 1, 0}, accept}, Fault::jump_outside, 0);
  expect_fault({{code::jmp | code::jeq, 1, 0, 0}, accept}, Fault::jump_outside, 0);
  expect_fault({accept, with_k(code::jmp | code::ja, 1), accept}, Fault::jump_outside, 1);
  expect_fault({with_k(code::jmp | code::ja, 0xffff'fffe), accept}, Fault::jump_outside, 0);
  expect_fault({with_k(code::jmp | code::ja, 0x7fff'ffff), accept}, Fault::jump_outside, 0);
  expect_fault({with_k(code::jmp | code::ja, 0x8000'0000), accept}, Fault::jump_outside, 0);
}

TEST(Verify, RefusesCellsBeyondTheMemory) {
  for (const std::uint16_t code : {code::st, code::stx, std::uint16_t{code::ld | code::mem},
                                   std::uint16_t{code::ldx | code::mem}}) {
    expect_fault({accept, with_k(code, 16), accept}, Fault::memory_outside, 1);
    EXPECT_TRUE(verify(Program{with_k(code, 15), accept}));
  }
}

TEST(Verify, RefusesConstantDivisionByZeroAndWideConstantShifts) {
  expect_fault({with_k(code::alu | code::div, 0), accept}, Fault::division_by_zero, 0);
  expect_fault({with_k(code::alu | code::mod, 0), accept}, Fault::division_by_zero, 0);
  expect_fault({with_k(code::alu | code::lsh, 32), accept}, Fault::shift_too_wide, 0);
  expect_fault({with_k(code::alu | code::rsh, 32), accept}, Fault::shift_too_wide, 0);
  EXPECT_TRUE(verify(Program{with_k(code::alu | code::lsh, 31), accept}, Level::kernel));
  EXPECT_TRUE(verify(Program{with_k(code::alu | code::div | code::x, 0), accept}, Level::kernel));
}

TEST(Verify, WantsAReturnAtTheEnd) {
  expect_fault({accept, with_k(code::ld | code::imm, 1)}, Fault::no_final_return, 1);
  EXPECT_TRUE(verify(Program{with_k(code::ret | code::a, 0)}, Level::kernel));
}

TEST(Verify, BoundsTheLength) {
  Program program(kernel_max_instructions, with_k(code::ld | code::imm, 1));
  program.back() = accept;
  EXPECT_TRUE(verify(program, Level::kernel));
  program.push_back(accept);
  EXPECT_TRUE(verify(program));
  expect_fault(program, Level::kernel, Fault::too_long, 0);
  program.assign(max_instructions + 1, accept);
  expect_fault(program, Level::valid, Fault::too_long, 0);
}

TEST(Verify, AllowsBackwardJumpsExceptForTheKernel) {
  const Program loop{with_k(code::ld | code::imm, 1), with_k(code::jmp | code::ja, 0xffff'fffe),
                     accept};
  const auto verified = verify(loop);
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->goes_back);
  EXPECT_EQ(verified->unreachable, 1U);
  expect_fault(loop, Level::kernel, Fault::backward_jump, 1);
  EXPECT_FALSE(verify(Program{accept})->goes_back);
}

TEST(Verify, ReportsUnreachableInstructions) {
  const auto verified =
      verify(Program{with_k(code::jmp | code::ja, 2), accept, accept, accept, accept});
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->unreachable, 3U);
  EXPECT_EQ(verified->first_unreachable, 1U);
  EXPECT_EQ(verify(Program{accept})->unreachable, 0U);
  EXPECT_EQ(verify(Program{accept})->first_unreachable, 1U);
}

TEST(Verify, WantsMemoryWrittenOnEveryPathForTheKernel) {
  const Instruction load = with_k(code::ld | code::mem, 3);
  const Instruction store = with_k(code::st, 3);
  expect_fault({load, accept}, Level::kernel, Fault::memory_not_written, 0);
  EXPECT_TRUE(verify(Program{load, accept}));
  EXPECT_TRUE(verify(Program{store, load, accept}, Level::kernel));
  expect_fault({{code::jmp | code::jeq, 1, 0, 0}, store, load, accept}, Level::kernel,
               Fault::memory_not_written, 2);
  EXPECT_TRUE(verify(Program{{code::jmp | code::jeq, 2, 0, 0},
                             store,
                             with_k(code::jmp | code::ja, 1),
                             with_k(code::stx, 3),
                             load,
                             accept},
                     Level::kernel));
}

TEST(Verify, AllowsTheKernelsAncillaryOffsetsOnly) {
  constexpr std::uint32_t ancillary = 0xffff'f000;
  for (std::uint32_t offset = 0; offset < 64; ++offset) {
    const Program program{with_k(code::ld | code::w | code::abs, ancillary + offset), accept};
    EXPECT_EQ(verify(program, Level::kernel).has_value(), offset % 4 == 0) << offset;
    EXPECT_TRUE(verify(program));
  }
  expect_fault({with_k(code::ld | code::b | code::abs, 0xffff'ffff), accept}, Level::kernel,
               Fault::unknown_ancillary_load, 0);
  EXPECT_TRUE(verify(Program{with_k(code::ld | code::abs, ancillary - 1), accept}, Level::kernel));
}

TEST(Verify, AgreesWithLibpcapOnDamagedPrograms) {
  std::mt19937_64 random{4};
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::uint8_t> bytes(8 * (random() % 12));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    Program program = test::program_from(bytes, {.loops = true});
    Instruction& damaged = program[random() % program.size()];
    switch (random() % 4) {
      case 0:
        damaged.jump_true = static_cast<std::uint8_t>(random() % 16);
        break;
      case 1:
        damaged.k = static_cast<std::uint32_t>(random() % 40);
        break;
      case 2:
        program.pop_back();
        program.back() = damaged;
        break;
      default:
        damaged.k = static_cast<std::uint32_t>(0 - random() % 8);
    }
    const auto verified = verify(program);
    // Older versions of libpcap shift constants by any width.
    if (!verified && verified.error().fault == Fault::shift_too_wide) continue;
    EXPECT_EQ(verified.has_value(), test::libpcap::validate(program)) << disassemble(program);
    if (!verified) ++refused;
  }
  EXPECT_GT(refused, 1000);
}

TEST(Verify, NamesInstructionAndReason) {
  EXPECT_EQ(describe({Fault::jump_outside, 7}), "instruction 7: the jump ends outside the program");
  EXPECT_EQ(describe({Fault::empty, 0}), "the program has no instruction");
}

}  // namespace
}  // namespace weir::bpf
