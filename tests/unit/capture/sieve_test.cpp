// The kernel's part of filters, run on packets and facts made up for it.
#include "capture/sieve.h"

#include <gtest/gtest.h>

#include <map>

#include "capture/live_limits.h"
#include "weir/bpf/verify.h"

namespace weir::test {
namespace {

using namespace bpf::code;
using capture::sieve_with;
using capture::sieve_without_program;
using capture::SieveOptions;
using capture::Traffic;

/// What the kernel knows beside the packet.
struct Facts {
  std::uint32_t packet_type = 0;
  std::uint32_t adapter = 3;
  std::uint32_t tagged = 0;
};

constexpr std::uint32_t outgoing = 4;
constexpr std::uint32_t facts_start = 0xfffff000;  // SKF_AD_OFF

/// Runs a program of loads of facts, jumps on equality and returns; `octet` is what it loads of
/// the packet.
std::uint32_t run(const bpf::Program& program, const Facts& facts, std::uint32_t octet = 0) {
  const std::map<std::uint32_t, std::uint32_t> known{
      {4, facts.packet_type}, {8, facts.adapter}, {48, facts.tagged}};
  std::uint32_t a = 0;
  for (std::size_t at = 0; at < program.size();) {
    const bpf::Instruction& next = program[at++];
    if ((next.code & 7U) == ret) return next.k;
    if ((next.code & 7U) == jmp) {
      at += a == next.k ? next.jump_true : next.jump_false;
    } else if (next.code == (ld | imm)) {
      a = next.k;
    } else {
      a = next.k >= facts_start ? known.at(next.k - facts_start) : octet;
    }
  }
  ADD_FAILURE() << "no return";
  return 0;
}

/// Lets packets through whose octet is 7.
bpf::Program sevens() {
  return {{.code = ld | b | abs, .k = 0},
          {.code = jmp | jeq, .jump_true = 0, .jump_false = 1, .k = 7},
          {.code = ret | k, .k = 262144},
          {.code = ret | k, .k = 0}};
}

TEST(Sieve, ReturnsTheSnapshotLength) {
  const auto sieve = sieve_with(sevens(), {.snapshot_length = 96});
  ASSERT_TRUE(sieve);
  EXPECT_EQ(run(*sieve, {}, 7), 96U);
  EXPECT_EQ(run(*sieve, {}, 8), 0U);
  EXPECT_EQ(run(sieve_without_program({.snapshot_length = 96}), {}), 96U);
}

TEST(Sieve, LetsEveryPacketWithATagThroughWhole) {
  const auto sieve = sieve_with(sevens(), {.snapshot_length = 96});
  ASSERT_TRUE(sieve);
  EXPECT_EQ(run(*sieve, {.tagged = 1}, 8), capture::longest_snapshot);
}

TEST(Sieve, RefusesTheOtherDirection) {
  for (const bool with_program : {false, true}) {
    for (const auto& [traffic, in, out] :
         {std::tuple{Traffic::any, 96U, 96U}, {Traffic::in, 96U, 0U}, {Traffic::out, 0U, 96U}}) {
      const SieveOptions options{.traffic = traffic, .snapshot_length = 96};
      const auto sieve =
          with_program ? *sieve_with(sevens(), options) : sieve_without_program(options);
      EXPECT_EQ(run(sieve, {.packet_type = 0}, 7), in);
      EXPECT_EQ(run(sieve, {.packet_type = 3}, 7), in);
      EXPECT_EQ(run(sieve, {.packet_type = outgoing}, 7), out);
    }
  }
}

TEST(Sieve, RefusesWhatGoesOutOfTheLoopbackAdapterAlone) {
  const auto sieve = sieve_without_program({.snapshot_length = 96, .loopback = 1});
  EXPECT_EQ(run(sieve, {.packet_type = outgoing, .adapter = 1}), 0U);
  EXPECT_EQ(run(sieve, {.packet_type = 0, .adapter = 1}), 96U);
  EXPECT_EQ(run(sieve, {.packet_type = outgoing, .adapter = 2}), 96U);
}

TEST(Sieve, ProgramsStartWithNothingInTheAccumulator) {
  const bpf::Program zero{{.code = jmp | jeq, .jump_true = 0, .jump_false = 1, .k = 0},
                          {.code = ret | k, .k = 1},
                          {.code = ret | k, .k = 0}};
  const auto sieve =
      sieve_with(zero, {.traffic = Traffic::out, .snapshot_length = 96, .loopback = 1});
  ASSERT_TRUE(sieve);
  EXPECT_EQ(run(*sieve, {.packet_type = outgoing}), 96U);
}

TEST(Sieve, IsWhatTheKernelTakes) {
  for (const auto traffic : {Traffic::any, Traffic::in, Traffic::out}) {
    const SieveOptions options{.traffic = traffic, .snapshot_length = 96, .loopback = 1};
    EXPECT_TRUE(verify(*sieve_with(sevens(), options), bpf::Level::kernel));
    EXPECT_TRUE(verify(sieve_without_program(options), bpf::Level::kernel));
  }
  EXPECT_TRUE(verify(capture::refuse_all(), bpf::Level::kernel));
  EXPECT_EQ(run(capture::refuse_all(), {}), 0U);
}

TEST(Sieve, LeavesToUserSpaceWhatMeansAnotherThingInTheKernel) {
  const bpf::Program far{{.code = ld | b | abs, .k = 0x80000000}, {.code = ret | k, .k = 1}};
  EXPECT_FALSE(sieve_with(far, {}));
  const bpf::Program fact{{.code = ld | w | abs, .k = facts_start + 4}, {.code = ret | k, .k = 1}};
  EXPECT_FALSE(sieve_with(fact, {}));
  const bpf::Program own_length{{.code = ld | w | len}, {.code = ret | a}};
  EXPECT_FALSE(sieve_with(own_length, {}));
}

TEST(Sieve, LeavesToUserSpaceWhatTheKernelRefuses) {
  const bpf::Program unwritten{{.code = ld | mem, .k = 3}, {.code = ret | k, .k = 1}};
  EXPECT_FALSE(sieve_with(unwritten, {}));
  bpf::Program longest(bpf::kernel_max_instructions, {.code = ld | imm});
  longest.back() = {.code = ret | k, .k = 1};
  EXPECT_FALSE(sieve_with(longest, {}));
}

}  // namespace
}  // namespace weir::test
