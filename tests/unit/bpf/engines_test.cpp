// The interpreter, the JIT and libpcap give the same answer for any program and any packet, however
// many of its bytes were captured.
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "support/bpf_program.h"
#include "support/guarded_bytes.h"
#include "support/libpcap_bpf.h"
#include "unit/bpf/expressions.h"
#include "weir/bpf/disassemble.h"
#include "weir/bpf/interpreter.h"
#include "weir/bpf/jit.h"
#include "weir/bpf/verify.h"

namespace weir::bpf {
namespace {

using test::ProgramShape;

// One program on all engines.
class Engines {
 public:
  Engines(Program program, bool libpcap_too, std::uint64_t limit = go_back_limit)
      : program_{std::move(program)}, libpcap_too_{libpcap_too}, limit_{limit} {
    EXPECT_TRUE(verify(program_)) << disassemble(program_);
    if (auto jit = Jit::compile(program_, limit)) jit_ = std::move(*jit);
    EXPECT_EQ(jit_.has_value(), Jit::supported());
    EXPECT_TRUE(!libpcap_too_ || test::libpcap::validate(program_));
  }

  /// False, with the test failed, at the first difference.
  bool agree_on(Bytes packet) const {
    for (std::size_t captured = 0; captured <= packet.size(); ++captured) {
      const Bytes cut = guarded_.hold(packet.first(captured));
      if (!agree_on_captured(cut, static_cast<std::uint32_t>(packet.size()))) {
        return false;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool agree_on_captured(Bytes data, std::uint32_t wire_length) const {
    const std::uint32_t interpreted = run(program_, data, wire_length, limit_);
    const std::uint32_t compiled = jit_ ? jit_->run(data, wire_length) : interpreted;
    const std::uint32_t expected =
        libpcap_too_ ? test::libpcap::run(program_, data, wire_length) : interpreted;
    EXPECT_EQ(interpreted, expected) << data.size() << " captured\n" << disassemble(program_);
    EXPECT_EQ(compiled, interpreted) << data.size() << " captured\n"
                                     << disassemble(program_) << assembly(program_);
    return interpreted == expected && compiled == interpreted;
  }

  Program program_;
  bool libpcap_too_;
  std::uint64_t limit_;
  std::optional<Jit> jit_;
  test::GuardedBytes guarded_;
};

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_{seed} {}

  std::vector<std::uint8_t> bytes(std::size_t count) {
    std::vector<std::uint8_t> made(count);
    for (std::uint8_t& byte : made) byte = static_cast<std::uint8_t>(random_());
    return made;
  }
  // Octets a program is likely to ask for, and some others.
  std::vector<std::uint8_t> packet() {
    constexpr std::array<std::uint8_t, 6> likely{0, 1, 2, 8, 0xff, 0x45};
    auto made = bytes(random_() % 72);
    for (std::uint8_t& byte : made) byte = random_() % 8 != 0 ? likely[byte % likely.size()] : byte;
    return made;
  }
  // A frame whose headers are mostly what the expressions ask for.
  std::vector<std::uint8_t> frame() {
    constexpr std::array<std::uint16_t, 8> types{0x0800, 0x0800, 0x0800, 0x86dd,
                                                 0x8100, 0x0806, 0x8847, 0x8864};
    constexpr std::array<std::uint8_t, 8> protocols{1, 6, 6, 17, 17, 51, 60, 132};
    auto made = packet();
    made.resize(60);
    store_be(&made[12], types[below(types.size())]);
    made[14] = below(8) != 0 ? 0x45 : 0x46;
    made[20] = below(2) != 0 ? 0 : made[20];
    made[below(2) != 0 ? 20 : 23] = protocols[below(protocols.size())];
    for (const std::size_t address : {26U, 30U}) {
      if (below(2) != 0) store_be<std::uint32_t>(&made[address], 0xc0000200 + made[address] % 4U);
    }
    for (const std::size_t port : {34U, 36U}) {
      if (below(2) != 0) store_be(&made[port], static_cast<std::uint16_t>(22 + made[port] % 59U));
    }
    return made;
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::mt19937_64 random_;
};

void compare_random_programs(std::uint64_t seed, int programs, ProgramShape shape,
                             std::uint64_t limit) {
  Chance chance{seed};
  for (int i = 0; i < programs; ++i) {
    // libpcap neither clears M[] nor bounds loops.
    const Engines engines{test::program_from(chance.bytes(8 * chance.below(24)), shape),
                          shape.memory_written && !shape.loops, limit};
    for (int packets = 0; packets < 4; ++packets) ASSERT_TRUE(engines.agree_on(chance.packet()));
  }
}

TEST(Engines, AgreeOnRandomPrograms) {
  compare_random_programs(1, 12'000, {.memory_written = true}, go_back_limit);
}

TEST(Engines, AgreeOnProgramsThatReadCellsNobodyWrote) {
  compare_random_programs(2, 4'000, {}, go_back_limit);
}

TEST(Engines, AgreeOnRandomLoopsAndWhereTheyAreCutOff) {
  compare_random_programs(3, 4'000, {.loops = true}, 100);
}

// A load, an operation and every kind of jump, to returns that read A or not.
void compare_between(Instruction load, Instruction operation) {
  constexpr std::array<std::uint8_t, 8> packet{0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88};
  constexpr Instruction return_a{code::ret | code::a, 0, 0, 0};
  const Instruction x{code::ldx | code::imm, 0, 0, 2};
  // Compared with what it is, so that equality is met too.
  const std::uint32_t exact = run(Program{x, load, operation, return_a}, packet, 0);
  for (const std::uint16_t jump : {code::jeq, code::jgt, code::jge, code::jset}) {
    for (const std::uint32_t k : {exact, exact - 1, exact | 0x0001'0000, 0x0182U}) {
      for (const Instruction last : {return_a, Instruction{code::ret, 0, 0, 5}}) {
        const auto code = static_cast<std::uint16_t>(code::jmp | jump);
        const Program program{x, load, operation, {code, 0, 1, k}, {code::ret, 0, 0, 3}, last};
        ASSERT_TRUE((Engines{program, true}.agree_on(packet)));
      }
    }
  }
}

// What A holds, and in which order of octets, depends on what comes before and after.
TEST(Engines, AgreeOnEveryOperationBetweenALoadAndAJump) {
  for (const std::uint16_t size : {code::w, code::h, code::b}) {
    for (const std::uint16_t mode : {code::abs, code::ind}) {
      const Instruction load{static_cast<std::uint16_t>(code::ld | size | mode), 0, 0, 1};
      for (unsigned operation = code::add; operation <= code::xor_; operation += 0x10) {
        const auto code = static_cast<std::uint16_t>(code::alu | operation);
        compare_between(load, {code, 0, 0, 0x1d});
        if (operation == code::neg) continue;
        compare_between(load, {static_cast<std::uint16_t>(code | code::x), 0, 0, 0});
      }
    }
  }
}

TEST(Engines, AgreeOnWhatTheCompilerMakes) {
  Chance chance{6};
  for (const char* const expression : test::expressions) {
    for (const bool optimise : {false, true}) {
      const Engines engines{test::libpcap::compile(expression, LinkType::ethernet, optimise), true};
      for (int i = 0; i < 300; ++i) ASSERT_TRUE(engines.agree_on(chance.frame())) << expression;
    }
  }
}

}  // namespace
}  // namespace weir::bpf
