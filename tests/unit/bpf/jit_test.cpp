// The compiled form of programs: its memory, its limits and what it leaves out.
#include "weir/bpf/jit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "support/allocations.h"
#include "support/libpcap_bpf.h"
#include "weir/bpf/verify.h"

namespace weir::bpf {
namespace {

constexpr Instruction accept{code::ret, 0, 0, 1};
constexpr Instruction refuse{code::ret, 0, 0, 0};

class CompiledProgram : public testing::Test {
 protected:
  void SetUp() override {
    if (!Jit::supported()) GTEST_SKIP() << "no machine code on this processor or in this build";
  }
};

Jit compile(ProgramView program) {
  auto jit = Jit::compile(program);
  if (!jit) throw std::runtime_error{"the program was not compiled"};
  return std::move(*jit);
}

std::size_t lines_with(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++count;
  return count;
}

// The permissions of the mapping an address lies in, as /proc/self/maps has them: "r-xp".
std::string permissions_of(const void* address) {
  std::ifstream maps{"/proc/self/maps"};
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  for (std::string line; std::getline(maps, line);) {
    std::size_t end = 0;
    const std::uintptr_t first = std::stoull(line, &end, 16);
    const std::uintptr_t last = std::stoull(line.substr(end + 1), nullptr, 16);
    if (first <= wanted && wanted < last) return line.substr(line.find(' ') + 1, 4);
  }
  return "";
}

std::size_t writable_and_executable_mappings() {
  std::ifstream maps{"/proc/self/maps"};
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    const std::string permissions = line.substr(line.find(' ') + 1, 4);
    if (permissions[1] == 'w' && permissions[2] == 'x') ++count;
  }
  return count;
}

TEST_F(CompiledProgram, IsExecutableAndNeverWritableToo) {
  const Jit jit = compile(test::libpcap::compile("tcp port 80"));
  EXPECT_EQ(permissions_of(jit.code().data()), "r-xp");
  EXPECT_EQ(writable_and_executable_mappings(), 0U);
}

TEST_F(CompiledProgram, GivesItsMemoryBack) {
  const std::uint8_t* code = nullptr;
  {
    const Jit jit = compile(Program{accept});
    code = jit.code().data();
    ASSERT_EQ(permissions_of(code), "r-xp");
  }
  EXPECT_NE(permissions_of(code), "r-xp");
}

TEST_F(CompiledProgram, WorksAfterItHasMoved) {
  Jit first = compile(Program{accept});
  Jit second = compile(Program{refuse});
  second = std::move(first);
  const Jit third{std::move(second)};
  EXPECT_EQ(third.run({}, 0), 1U);
}

TEST_F(CompiledProgram, RunsUpToItsGreatestLengthAndNoFurther) {
  Program program(Jit::max_instructions, Instruction{code::alu | code::add, 0, 0, 1});
  program.back() = {code::ret | code::a, 0, 0, 0};
  EXPECT_EQ(compile(program).run({}, 0), Jit::max_instructions - 1);
  program.push_back(accept);
  const auto refused = Jit::compile(program);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), JitRefusal::too_long);
  EXPECT_EQ(assembly(program), "");
}

TEST_F(CompiledProgram, HasRoomForTheLongestInstructions) {
  // Far offsets, each with its checks: nothing takes more code.
  Program program;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    program.push_back({code::ld | code::w | code::ind, 0, 0, 0x8000'0000 + i});
    program.push_back({code::jmp | code::jgt, 1, 0, 0x7654'3210});
    program.push_back({code::ld | code::h | code::abs, 0, 0, 0x9000'0000 + i});
    program.push_back({code::alu | code::lsh | code::x, 0, 0, 0});
    program.push_back({code::st, 0, 0, i % 16});
    program.push_back({code::ldx | code::mem, 0, 0, (i + 1) % 16});
  }
  program.push_back(accept);
  ASSERT_TRUE(verify(program));
  EXPECT_EQ(compile(program).run({}, 0), 0U);
}

TEST_F(CompiledProgram, SelectsTheIndicesOfMatchingPackets) {
  const Jit jit = compile(Program{
      {code::ld | code::b | code::abs, 0, 0, 0}, {code::jmp | code::jeq, 0, 1, 7}, accept, refuse});
  const std::array<std::uint8_t, 2> bytes{7, 8};
  std::vector<Packet> packets(5);
  for (const std::size_t i : {0U, 3U, 4U}) packets[i].data = Bytes{bytes}.first(1);
  packets[1].data = Bytes{bytes}.last(1);
  std::vector<std::uint32_t> matching(packets.size());
  const std::size_t before = test::allocation_count();
  EXPECT_EQ(jit.select(packets, matching), 3U);
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_TRUE(std::ranges::equal(std::span{matching}.first(3), std::array{0U, 3U, 4U}));
  EXPECT_EQ(jit.select({}, {}), 0U);
}

TEST_F(CompiledProgram, ComparesAWireLengthBeyondTheCapturedBytes) {
  const Jit jit = compile(test::libpcap::compile("len = 1500"));
  EXPECT_EQ(jit.run({}, 1499), 0U);
  EXPECT_NE(jit.run({}, 1500), 0U);
}

TEST_F(CompiledProgram, LoadsAPartOfThePacketOnce) {
  const std::string text = assembly(test::libpcap::compile(
      "src net 192.0.2.0/24 or src net 198.51.100.0/24 or src net 203.0.113.0/24"));
  EXPECT_EQ(lines_with(text, "[rdi + 26]"), 1U) << text;
}

TEST_F(CompiledProgram, ChecksTheLengthEveryPathNeedsOnce) {
  const std::string text = assembly(test::libpcap::compile("udp[0:2] = 7 or udp[2:2] = 7"));
  EXPECT_EQ(lines_with(text, "cmp rsi, "), 3U) << text;  // the fixed part, and each port
}

TEST_F(CompiledProgram, LooksAtTheHostBeforeTheProtocol) {
  const std::string text = assembly(test::libpcap::compile("tcp port 443 and host 198.51.100.7"));
  EXPECT_LT(text.find("[rdi + 26], 0x76433c6"), text.find("[rdi + 12]")) << text;
  EXPECT_LT(text.find("[rdi + 30], 0x76433c6"), text.find("[rdi + 12]")) << text;
  // With a path around it the host tells nothing.
  const std::string other =
      assembly(test::libpcap::compile("(tcp port 443 and host 198.51.100.7) or icmp"));
  EXPECT_GT(other.find("[rdi + 26], 0x76433c6"), other.find("[rdi + 12]")) << other;
}

TEST_F(CompiledProgram, OnlyRefusesWhereNoPathAccepts) {
  const std::string text = assembly(Program{{code::ld | code::h | code::abs, 0, 0, 12},
                                            {code::jmp | code::jeq, 0, 1, 8},
                                            refuse,
                                            refuse});
  EXPECT_EQ(lines_with(text, "\n"), 3U) << text;  // a label, xor, ret
}

}  // namespace
}  // namespace weir::bpf
