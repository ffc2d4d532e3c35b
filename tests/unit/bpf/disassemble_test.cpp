// Programs as text are what libpcap and tcpdump print.
#include "weir/bpf/disassemble.h"

#include <gtest/gtest.h>

#include "support/libpcap_bpf.h"
#include "unit/bpf/expressions.h"

namespace weir::bpf {
namespace {

TEST(Disassemble, PrintsEveryInstructionAsLibpcapDoes) {
  for (unsigned code = 0; code < 0x200; ++code) {
    for (const std::uint32_t k : {0U, 12U, 0x8000'0007U, 0xffff'ffffU}) {
      for (const std::size_t index : {0U, 5U, 1234U}) {
        // So that the target of a jump has a number.
        const std::uint32_t operand = code == (code::jmp | code::ja) ? k % 100 : k;
        const Instruction instruction{static_cast<std::uint16_t>(code), 1, 255, operand};
        EXPECT_EQ(disassemble(instruction, index), test::libpcap::image(instruction, index));
      }
    }
  }
}

TEST(Disassemble, PrintsWhatTheCompilerMakesAsLibpcapDoes) {
  for (const char* const expression : test::expressions) {
    for (const bool optimise : {false, true}) {
      const Program program = test::libpcap::compile(expression, LinkType::ethernet, optimise);
      std::string expected;
      for (std::size_t i = 0; i < program.size(); ++i) {
        expected += test::libpcap::image(program[i], i) + '\n';
      }
      EXPECT_EQ(disassemble(program), expected) << expression;
    }
  }
}

// tcpdump -y EN10MB -dd icmp, and -ddd.
TEST(Disassemble, PrintsInitializersAndDecimalNumbersAsTcpdumpDoes) {
  const Program program = test::libpcap::compile("icmp");
  EXPECT_EQ(c_initializers(program),
            "{ 0x28, 0, 0, 0x0000000c },\n"
            "{ 0x15, 0, 3, 0x00000800 },\n"
            "{ 0x30, 0, 0, 0x00000017 },\n"
            "{ 0x15, 0, 1, 0x00000001 },\n"
            "{ 0x6, 0, 0, 0x00040000 },\n"
            "{ 0x6, 0, 0, 0x00000000 },\n");
  EXPECT_EQ(decimal(program),
            "6\n40 0 0 12\n21 0 3 2048\n48 0 0 23\n21 0 1 1\n6 0 0 262144\n6 0 0 0\n");
}

TEST(Disassemble, NamesTheTargetOfABackwardJump) {
  EXPECT_EQ(disassemble({code::jmp | code::ja, 0, 0, 0xffff'fff1}, 18), "(018) ja       4");
}

}  // namespace
}  // namespace weir::bpf
