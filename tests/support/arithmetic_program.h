// Two operations, one after the other, on numbers that stand in the frame.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "weir/bpf/instruction.h"
#include "weir/bytes.h"

namespace weir::test {

/// Where operand_frames() have A, X and room for the number that A is compared with in the end.
inline constexpr std::uint32_t a_offset = 14, x_offset = 18, expected_offset = 22;

/// Operations with X, and the negation.
[[nodiscard]] inline std::vector<std::pair<std::uint16_t, std::uint16_t>> operation_pairs() {
  using namespace bpf;
  constexpr std::array<std::uint16_t, 11> operations{code::add | code::x,
                                                     code::sub | code::x,
                                                     code::mul | code::x,
                                                     code::div | code::x,
                                                     code::mod | code::x,
                                                     code::or_ | code::x,
                                                     code::and_ | code::x,
                                                     code::xor_ | code::x,
                                                     code::lsh | code::x,
                                                     code::rsh | code::x,
                                                     code::neg};
  std::vector<std::pair<std::uint16_t, std::uint16_t>> pairs;
  for (const std::uint16_t first : operations) {
    for (const std::uint16_t second : operations) pairs.emplace_back(first, second);
  }
  return pairs;
}

/// Returns the result, or 0 after a division by 0.
[[nodiscard]] inline bpf::Program value_of(std::uint16_t first, std::uint16_t second) {
  using namespace bpf;
  const auto operation = [](std::uint16_t which) {
    return Instruction{static_cast<std::uint16_t>(code::alu | which), 0, 0, 0};
  };
  return {{code::ld | code::w | code::abs, 0, 0, x_offset},
          {code::misc | code::tax, 0, 0, 0},
          {code::ld | code::w | code::abs, 0, 0, a_offset},
          operation(first),
          operation(second),
          {code::ret | code::a, 0, 0, 0}};
}

/// Matches if the result is the number at expected_offset.
[[nodiscard]] inline bpf::Program value_equals(std::uint16_t first, std::uint16_t second) {
  using namespace bpf;
  Program program = value_of(first, second);
  program.pop_back();
  program.push_back({code::misc | code::tax, 0, 0, 0});
  program.push_back({code::ld | code::w | code::abs, 0, 0, expected_offset});
  program.push_back({code::jmp | code::jeq | code::x, 0, 1, 0});
  program.push_back({code::ret | code::k, 0, 0, 1});
  program.push_back({code::ret | code::k, 0, 0, 0});
  return program;
}

[[nodiscard]] inline std::vector<std::vector<std::uint8_t>> operand_frames() {
  constexpr std::array<std::uint32_t, 8> numbers{0,  1,          3,          31,
                                                 32, 0x7fffffff, 0x80000000, 0xffffffff};
  std::vector<std::vector<std::uint8_t>> frames;
  for (const std::uint32_t a : numbers) {
    for (const std::uint32_t x : numbers) {
      auto& frame = frames.emplace_back(60);
      store_be(&frame[a_offset], a);
      store_be(&frame[x_offset], x);
    }
  }
  return frames;
}

}  // namespace weir::test
