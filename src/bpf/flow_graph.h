// Where control goes in a classic BPF program whose jumps stay inside it.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "weir/bpf/instruction.h"

namespace weir::bpf {

/// The instructions that may follow one: none after a return, two after a conditional jump.
class Successors {
 public:
  Successors(const Instruction& instruction, std::size_t index) noexcept;

  [[nodiscard]] const std::size_t* begin() const noexcept { return targets_.data(); }
  [[nodiscard]] const std::size_t* end() const noexcept { return targets_.data() + count_; }

 private:
  std::array<std::size_t, 2> targets_{};
  std::size_t count_ = 0;
};

/// How one instruction is come to.
struct Entry {
  bool reachable = false;
  /// The first instruction, or one that is jumped to.
  bool leader = false;
  /// From two places or more.
  bool merge = false;
  /// By a jump from behind it.
  bool loop = false;
};

/// One entry per instruction. Unreachable code jumps nowhere.
[[nodiscard]] std::vector<Entry> entries(ProgramView program);

}  // namespace weir::bpf
