// Programs without numbers of descriptors, and those that are refused.
#include "gate/rights/portable_program.h"

#include <gtest/gtest.h>

#include <array>

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_code.h"

namespace weir::test {
namespace {

using namespace bpf::ebpf;
using bpf::EbpfProgram;
using enum bpf::ebpf::Register;

bool is_taken(EbpfProgram code) { return gate::put_maps_back(code, {}); }

EbpfProgram calling(std::int32_t function) {
  Assembler to;
  to.call(function);
  to.exit();
  return to.take();
}

TEST(PortableProgram, NamesEachMapByItsPlace) {
  Assembler to;
  to.load_map(r1, 70);
  to.load_map_value(r2, 9, 16);
  to.load_number(r3, 70);
  to.load_map(r4, 70);
  to.exit();
  const EbpfProgram before = to.take();
  const gate::PortableProgram program = gate::portable(before);
  EXPECT_EQ(program.maps, (std::vector<int>{70, 9}));
  EbpfProgram expected = before;
  expected[0].immediate = 0;
  expected[2].immediate = 1;
  expected[6].immediate = 0;
  EXPECT_EQ(program.code, expected);
}

TEST(PortableProgram, WhatGatesCallIsTaken) {
  for (const std::int32_t function :
       {function::map_lookup_elem, function::tail_call, function::redirect,
        function::ringbuf_reserve, function::skb_load_bytes}) {
    EXPECT_TRUE(is_taken(calling(function)));
  }
}

TEST(PortableProgram, OtherCallsAreRefused) {
  constexpr std::int32_t probe_read = 4, probe_read_kernel = 113, override_return = 58;
  for (const std::int32_t function : {probe_read, probe_read_kernel, override_return,
                                      function::current_task_btf, function::kptr_exchange}) {
    EXPECT_FALSE(is_taken(calling(function))) << function;
  }
  for (std::uint8_t source = 1; source < 4; ++source) {
    EbpfProgram code = calling(function::tail_call);
    code[0].source = source & 0xf;
    EXPECT_FALSE(is_taken(code)) << int{source};
  }
  EbpfProgram by_register = calling(function::tail_call);
  by_register[0].opcode = 0x8d;
  EXPECT_FALSE(is_taken(by_register));
}

TEST(PortableProgram, OtherReferencesAreRefused) {
  Assembler to;
  to.load_number(r1, 0x1234567890);
  to.exit();
  const EbpfProgram number = to.take();
  EXPECT_TRUE(is_taken(number));
  for (std::uint8_t source = 1; source < 16; ++source) {
    EbpfProgram code = number;
    code[0].source = source & 0xf;
    EXPECT_FALSE(is_taken(code)) << int{source};
  }
  EbpfProgram cut = number;
  cut.resize(1);
  EXPECT_TRUE(is_taken(cut));  // the verifier refuses it
}

TEST(PortableProgram, WhatIsNoMapIsRefused) {
  EbpfProgram code = calling(function::tail_call);
  std::array<sys::FileDescriptor, 1> maps{sys::FileDescriptor::borrow(0)};
  EXPECT_FALSE(gate::put_maps_back(code, maps));
}

}  // namespace
}  // namespace weir::test
