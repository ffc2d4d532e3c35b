// Looks where all paths that may accept come together for chains of comparisons that refuse the
// packet where none holds.
#include "bpf/jit_necessary.h"

#include <algorithm>
#include <bit>

namespace weir::bpf::jit {
namespace {

constexpr std::size_t most_tests = 8;
// Shorter comparisons (protocols, flags) hold too often to tell packets apart.
constexpr int fewest_bits = 16;

struct Chain {
  std::vector<FieldTest> tests;
  // What the weakest test compares.
  int bits = 0;
};

int compared_bits(const Content& field) noexcept {
  const std::uint32_t width = field.bytes == 4 ? 0xffff'ffff : (1U << field.bytes * 8U) - 1;
  return std::popcount(field.mask & width);
}

// The chain that begins at an instruction: load, perhaps mask, compare, and on where that fails.
Chain chain_at(ProgramView program, std::span<const Needs> before, std::size_t at) {
  Chain chain{.tests = {}, .bits = 32};
  Content field;
  while (chain.tests.size() < most_tests) {
    const Instruction& load = program[at];
    if ((load.code & 0x07) == code::ld && (load.code & 0xe0) == code::abs) {
      field = {.kind = Content::Kind::absolute,
               .bytes = static_cast<std::uint8_t>(load_size(load)),
               .k = load.k};
      ++at;
      if (program[at].code == (code::alu | code::and_ | code::k)) field.mask = program[at++].k;
    }
    const Instruction& compare = program[at];
    if (field.kind != Content::Kind::absolute) return {};
    if (compare.code != (code::jmp | code::jeq | code::k)) return {};
    chain.tests.push_back({field, compare.k});
    chain.bits = std::min(chain.bits, compared_bits(field));
    at += 1U + compare.jump_false;
    if (before[at].captured == refusal) return chain;
  }
  return {};
}

}  // namespace

std::vector<FieldTest> necessary_tests(ProgramView program, std::span<const Entry> entries,
                                       std::span<const Needs> before) {
  Chain best{.tests = {}, .bits = fewest_bits - 1};
  // Jumps of the instructions so far reach no further than this, those that refuse left out.
  std::size_t furthest = 0;
  bool decided = false;
  for (std::size_t i = 0; i < program.size(); ++i) {
    if (entries[i].loop) return {};
    if (!entries[i].reachable || before[i].captured == refusal) continue;
    if (decided && furthest <= i && entries[i].leader) {
      Chain chain = chain_at(program, before, i);
      if (chain.bits > best.bits) best = std::move(chain);
    }
    const Successors next{program[i], i};
    if (next.begin() == next.end()) break;  // accepts: nothing behind it is necessary
    decided |= next.end() - next.begin() > 1;
    for (const std::size_t target : next) {
      if (before[target].captured != refusal) furthest = std::max(furthest, target);
    }
  }
  return std::move(best.tests);
}

}  // namespace weir::bpf::jit
