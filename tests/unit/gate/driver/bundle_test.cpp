// Drivers as bytes: what is written is read, and nothing else is.
#include "gate/driver/bundle.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "gate/kernel/dispatcher.h"
#include "weir/error.h"

namespace weir::test {
namespace {

using bpf::EbpfInstruction;
using gate::Bundle;
using gate::Symbol;
using namespace bpf::ebpf;

constexpr std::size_t magic_size = 19;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Bundle built_in() {
  return {.version = {1, 2, 3, 4},
          .interface = gate::driver_interface,
          .programs = gate::built_in_programs()};
}

/// What is thrown for it; a FormatError of code 0 if it is taken.
FormatError refusal(std::string_view octets) {
  try {
    static_cast<void>(gate::parse_bundle(bytes_of(octets), "x.cab"));
  } catch (const FormatError& error) {
    return error;
  }
  return {ErrorCode{}, 0, "taken"};
}

/// With another checksum, so that it is that of a driver somebody has made like this.
std::string made(const std::function<void(Bundle&)>& change) {
  Bundle bundle = built_in();
  change(bundle);
  return gate::octets_of(bundle);
}

TEST(Bundle, IsReadAsItWasWritten) {
  const std::string octets = gate::octets_of(built_in());
  const Bundle bundle = gate::parse_bundle(bytes_of(octets), "x.cab");
  EXPECT_EQ(bundle.version, (gate::DriverVersion{1, 2, 3, 4}));
  EXPECT_EQ(bundle.interface, gate::driver_interface);
  EXPECT_EQ(bundle.programs.ingress.code, gate::dispatcher(false).code);
  EXPECT_EQ(bundle.programs.egress.code, gate::dispatcher(true).code);
  EXPECT_EQ(bundle.programs.egress.symbols, std::vector{Symbol::programs});
  EXPECT_EQ(bundle.programs.adoption.program.code, gate::adoption().program.code);
  EXPECT_EQ(bundle.programs.adoption.program.symbols, gate::adoption().program.symbols);
  EXPECT_EQ(bundle.programs.adoption.types, gate::adoption().types);
  EXPECT_EQ(gate::octets_of(bundle), octets);
}

TEST(Bundle, BeginsWithAManifestThatIsText) {
  const std::string octets = gate::octets_of(built_in());
  const std::string manifest = octets.substr(0, octets.find("checksum "));
  const Bundle bundle = built_in();
  EXPECT_EQ(manifest,
            "weir driver bundle 1\nversion 1.2.3.4\ninterface 1\ningress 64 programs\n"
            "egress 64 programs\nadopting " +
                std::to_string(bundle.programs.adoption.program.code.size() * 8) +
                " owner bpf_task_acquire bpf_task_release\ntypes " +
                std::to_string(bundle.programs.adoption.types.size()) + "\n");
  EXPECT_EQ(octets.substr(manifest.size() + 17, 2), "\n\n");
}

TEST(Bundle, EveryShorterOneIsRefused) {
  const std::string octets = gate::octets_of(built_in());
  for (std::size_t size = 0; size < octets.size(); ++size) {
    // In memory of its own: a sanitizer sees a read behind it.
    const std::string cut{octets, 0, size};
    EXPECT_EQ(refusal(cut).code(),
              size < magic_size ? ErrorCode::unsupported_format : ErrorCode::damaged)
        << size;
  }
  EXPECT_EQ(refusal(octets + '\0').code(), ErrorCode::damaged);
}

TEST(Bundle, EveryChangedByteIsSeen) {
  const std::string octets = gate::octets_of(built_in());
  for (std::size_t i = 0; i < octets.size(); ++i) {
    for (int bits = 1; bits < 256; ++bits) {
      std::string changed = octets;
      changed[i] = static_cast<char>(changed[i] ^ bits);
      ASSERT_NE(refusal(changed).code(), ErrorCode{}) << i << ' ' << bits;
    }
  }
}

TEST(Bundle, SaysWhatItIsNot) {
  for (const char* const text : {"", "weir driver", "MSCF\0\0\0\0",
                                 "\x7f"
                                 "ELF"}) {
    const FormatError error = refusal(text);
    EXPECT_EQ(error.code(), ErrorCode::unsupported_format);
    EXPECT_STREQ(error.what(), "x.cab: not a driver bundle");
  }
  std::string other = gate::octets_of(built_in());
  other[magic_size] = '2';
  EXPECT_EQ(refusal(other).code(), ErrorCode::unsupported_format);
  EXPECT_STREQ(refusal(other).what(),
               "x.cab: a driver bundle of another format than this library's");
}

TEST(Bundle, SaysWhereItIsDamaged) {
  std::string octets = gate::octets_of(built_in());
  const std::size_t checksum = octets.find("checksum ") + 9;
  octets[checksum] = octets[checksum] == '0' ? '1' : '0';
  const FormatError error = refusal(octets);
  EXPECT_EQ(error.offset(), checksum);
  EXPECT_EQ(std::string{error.what()},
            "x.cab: the driver bundle is damaged, at byte " + std::to_string(checksum));
}

TEST(Bundle, WhatIsWrittenInAnotherWayIsRefused) {
  const std::string octets = gate::octets_of(built_in());
  const auto with = [&](std::string_view instead_of, std::string_view text) {
    std::string changed = octets;
    return changed.replace(changed.find(instead_of), instead_of.size(), text);
  };
  for (const std::string& changed :
       {with("version 1.2.3.4", "version 01.2.3.4"), with("interface 1", "interface  1"),
        with("interface 1", "interface 4294967296"),
        with("ingress 64", "ingress 18446744073709551615"),
        with("ingress 64", "ingress 18446744073709551616"), with("ingress 64", "ingress -64"),
        with("ingress 64", "ingress"), with("64 programs\n", "64 programs \n"),
        with("64 programs", "64 program"), with("\n\n", "\n"), with("interface", "")}) {
    EXPECT_EQ(refusal(changed).code(), ErrorCode::damaged) << changed.substr(0, 100);
  }
}

TEST(Bundle, MoreBytesThanThereMayBeAreRefused) {
  const auto large = [](std::size_t size) {
    return made([&](Bundle& bundle) { bundle.programs.adoption.types.resize(size); });
  };
  const std::size_t rest = large(1'000'000).size() - 1'000'000;
  EXPECT_EQ(refusal(large(gate::most_bundle_bytes - rest)).code(), ErrorCode{});
  EXPECT_EQ(refusal(large(gate::most_bundle_bytes - rest + 1)).code(), ErrorCode::damaged);
}

TEST(Bundle, ProgramsThatNameWhatNoGatesDoAreRefused) {
  const std::size_t tail_call = 5;
  const std::size_t map = 2;
  const auto with = [](std::size_t at, const EbpfInstruction& instruction) {
    return made([&](Bundle& bundle) { bundle.programs.egress.code[at] = instruction; });
  };
  const auto is_refused = [](const std::string& octets) {
    return refusal(octets).code() == ErrorCode::damaged;
  };
  constexpr std::int32_t probe_read = 4;
  EXPECT_TRUE(is_refused(with(tail_call, {.opcode = call, .immediate = probe_read})));
  EXPECT_TRUE(is_refused(with(tail_call, {.opcode = call, .immediate = function::kptr_exchange})));
  EXPECT_TRUE(is_refused(with(tail_call, {.opcode = call, .source = 1, .immediate = 0})));
  EXPECT_TRUE(is_refused(with(tail_call, {.opcode = call, .source = pseudo_kfunc_call})));
  EXPECT_TRUE(is_refused(with(tail_call, {.opcode = 0x8d})));
  EXPECT_TRUE(is_refused(with(map, {.opcode = load_immediate64, .source = 1, .immediate = 1})));
  EXPECT_TRUE(is_refused(with(map, {.opcode = load_immediate64, .source = 1, .immediate = -1})));
  EXPECT_TRUE(is_refused(with(map, {.opcode = load_immediate64, .source = 3, .immediate = 0})));
  EXPECT_FALSE(is_refused(with(tail_call, {.opcode = call, .immediate = function::redirect})));
  EXPECT_FALSE(is_refused(with(map, {.opcode = load_immediate64, .source = 2, .immediate = 0})));
}

TEST(Bundle, EachProgramIsJudgedByWhatItsKindCalls) {
  const auto judge = [](gate::RelocatableProgram gate::DriverPrograms::* program,
                        std::int32_t function) {
    return refusal(made([&](Bundle& bundle) {
             (bundle.programs.*program).code.push_back({.opcode = call, .immediate = function});
           }))
        .code();
  };
  const auto judge_adopting = [](std::int32_t function) {
    return refusal(made([&](Bundle& bundle) {
             bundle.programs.adoption.program.code.push_back(
                 {.opcode = call, .immediate = function});
           }))
        .code();
  };
  for (const auto program : {&gate::DriverPrograms::ingress, &gate::DriverPrograms::egress}) {
    EXPECT_EQ(judge(program, function::redirect), ErrorCode{});
    EXPECT_EQ(judge(program, function::current_task_btf), ErrorCode::damaged);
  }
  EXPECT_EQ(judge_adopting(function::current_task_btf), ErrorCode{});
  EXPECT_EQ(judge_adopting(function::redirect), ErrorCode::damaged);
}

TEST(Bundle, SaysWhichInstructionNoGateHas) {
  const std::string octets =
      made([](Bundle& bundle) { bundle.programs.egress.code[5].immediate = 4; });
  const std::size_t egress = octets.find("\n\n") + 2 + 64;
  EXPECT_EQ(refusal(octets).offset(), egress + 5 * 8);
  EXPECT_EQ(
      std::string{refusal(octets).what()},
      "x.cab: no driver of a gate: its program \"egress\" names what no gate's does, at byte " +
          std::to_string(egress + 40));
}

TEST(Bundle, SymbolsOfOtherProgramsAreRefused) {
  for (const Symbol symbol : {Symbol::owner, Symbol::task_acquire}) {
    EXPECT_EQ(
        refusal(made([&](Bundle& bundle) { bundle.programs.ingress.symbols = {symbol}; })).code(),
        ErrorCode::damaged);
  }
  EXPECT_EQ(refusal(made([](Bundle& bundle) {
              bundle.programs.adoption.program.symbols.front() = Symbol::programs;
            })).code(),
            ErrorCode::damaged);
}

TEST(Bundle, ProgramsOfAnotherInterfaceAreNotJudged) {
  const std::string octets = made([](Bundle& bundle) {
    bundle.interface = gate::driver_interface + 1;
    bundle.programs.egress.code[5].immediate = 4;
  });
  EXPECT_EQ(refusal(octets).code(), ErrorCode{});
}

}  // namespace
}  // namespace weir::test
