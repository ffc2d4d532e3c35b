// Programs and what they are linked with.
#include "gate/kernel/relocatable_program.h"

#include <gtest/gtest.h>

#include "bpf/ebpf_assembler.h"

namespace weir::test {
namespace {

using gate::RelocatableProgram;
using gate::Symbol;
using namespace bpf::ebpf;
using enum bpf::ebpf::Register;

TEST(RelocatableProgram, GetsTheNumbersOfItsSymbolsAndNothingElse) {
  Assembler to;
  to.load_map(r1, 1);
  to.load_map_value(r2, 0, 1);
  to.load_number(r3, 1);
  to.move(r4, 1);
  to.call(function::map_lookup_elem);
  to.call_kernel(2);
  to.exit();
  const RelocatableProgram program{
      .code = to.take(), .symbols = {Symbol::owner, Symbol::programs, Symbol::task_release}};
  bpf::EbpfProgram expected = program.code;
  expected[0].immediate = 100;
  expected[2].immediate = 101;
  expected[8].immediate = 103;
  EXPECT_EQ(linked(program, [](Symbol symbol) { return 100 + static_cast<int>(symbol); }),
            expected);
}

TEST(RelocatableProgram, NamesItsSymbolsAsTheKernelDoes) {
  EXPECT_EQ(name_of(Symbol::programs), "programs");
  EXPECT_EQ(name_of(Symbol::owner), "owner");
  EXPECT_EQ(name_of(Symbol::task_acquire), "bpf_task_acquire");
  EXPECT_EQ(name_of(Symbol::task_release), "bpf_task_release");
}

TEST(RelocatableProgram, EndsWhereALoadOfTwoHalvesIsCut) {
  const RelocatableProgram program{
      .code = {instruction(exit, r0), instruction(load_immediate64, r1, Register{1})},
      .symbols = {Symbol::programs}};
  EXPECT_FALSE(stranger_in(program, {}));
  EXPECT_EQ(linked(program, [](Symbol) { return 7; }).back().immediate, 7);
}

}  // namespace
}  // namespace weir::test
