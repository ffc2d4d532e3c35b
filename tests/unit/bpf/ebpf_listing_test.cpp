// The listing of eBPF: one line per instruction, as bpftool writes it.
#include <gtest/gtest.h>

#include "bpf/ebpf_assembler.h"

namespace weir::bpf {
namespace {

using namespace ebpf;
using enum ebpf::Register;

TEST(EbpfListing, WritesAFilterAsTheKernelWritesIt) {
  const Program ip{{code::ld | code::h | code::abs, 0, 0, 12},
                   {code::jmp | code::jeq, 0, 1, 0x0800},
                   {code::ret | code::k, 0, 0, 262144},
                   {code::ret | code::k, 0, 0, 0}};
  const auto fragment = translate_fragment(ip, {.match = -1, .no_match = 2});
  ASSERT_TRUE(fragment.has_value());
  EXPECT_EQ(listing(*fragment),
            "   0: (b7) r7 = 0\n"
            "   1: (b7) r8 = 0\n"
            "   2: (a5) if r6 < 0xe goto pc+4\n"
            "   3: (69) r7 = *(u16 *)(r9 +12)\n"
            "   4: (dc) r7 = be16 r7\n"
            "   5: (56) if w7 != 0x800 goto pc+1\n"
            "   6: (05) goto pc+2\n"
            "   7: (b7) r0 = 2\n"
            "   8: (05) goto pc+1\n"
            "   9: (b7) r0 = -1\n");
}

TEST(EbpfListing, WritesEveryKindOfInstruction) {
  Assembler to;
  const auto end_of_program = to.new_label();
  to.load_map(r1, 5);
  to.alu(code::add, r2, -4);
  to.alu(code::sub, r2, r8);
  to.alu32(code::lsh, r7, 2U);
  to.alu32(mov, r8, r7);
  to.alu32(code::neg, r7, 0U);
  to.store(dw, r10, -16, r7);
  to.store_zero(code::b, r10, -1);
  to.jump_if(code::jgt, r2, r3, end_of_program);
  to.jump_if32(code::jset, r7, 0x80000000U, end_of_program);
  to.jump_if_too_long(end_of_program);
  to.call(function::skb_load_bytes);
  to.call(function::map_lookup_elem);
  to.bind(end_of_program);
  to.exit();
  ASSERT_TRUE(to.link());
  EXPECT_EQ(listing(to.take()),
            "   0: (18) r1 = map[fd:5]\n"
            "   2: (07) r2 += -4\n"
            "   3: (1f) r2 -= r8\n"
            "   4: (64) w7 <<= 2\n"
            "   5: (bc) w8 = w7\n"
            "   6: (84) w7 = -w7\n"
            "   7: (7b) *(u64 *)(r10 -16) = r7\n"
            "   8: (72) *(u8 *)(r10 -1) = 0\n"
            "   9: (2d) if r2 > r3 goto pc+4\n"
            "  10: (46) if w7 & 0x80000000 goto pc+3\n"
            "  11: (e5) may_goto pc+2\n"
            "  12: (85) call bpf_skb_load_bytes#26\n"
            "  13: (85) call bpf_map_lookup_elem#1\n"
            "  14: (95) exit\n");
}

TEST(EbpfListing, TakesAnyBytes) {
  EbpfProgram program;
  for (unsigned opcode = 0; opcode < 256; ++opcode) {
    program.push_back(instruction(static_cast<std::uint16_t>(opcode), Register{15}, Register{15},
                                  -1, 0xffffffff));
  }
  program.push_back(instruction(load_immediate64, r0));  // without its second half
  EXPECT_EQ(listing({}), "");
  EXPECT_NE(listing(program).find("unknown"), std::string::npos);
}

TEST(EbpfAssembler, TakesBackAGotoToWhatFollows) {
  Assembler to;
  const auto next = to.new_label();
  const auto also_next = to.new_label();
  to.jump_if(code::jeq, r1, 0, also_next);
  to.jump(next);
  to.bind(next);
  to.bind(also_next);
  to.exit();
  ASSERT_TRUE(to.link());
  EXPECT_EQ(listing(to.take()), "   0: (15) if r1 == 0x0 goto pc+0\n   1: (95) exit\n");
}

TEST(EbpfAssembler, KeepsAGotoThatAnotherLabelStandsBehind) {
  Assembler to;
  const auto behind = to.new_label();
  const auto next = to.new_label();
  to.jump_if(code::jeq, r1, 0, behind);
  to.jump(next);
  to.bind(behind);
  to.bind(next);
  to.exit();
  ASSERT_TRUE(to.link());
  EXPECT_EQ(listing(to.take()),
            "   0: (15) if r1 == 0x0 goto pc+1\n   1: (05) goto pc+0\n   2: (95) exit\n");
}

}  // namespace
}  // namespace weir::bpf
