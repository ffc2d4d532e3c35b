// Classic programs whose jumps go forward, random but the same on every run.
#pragma once

#include <cstdint>
#include <random>

#include "weir/bpf/instruction.h"

namespace weir::test {

/// Every operation, size and mode occurs. All cells of M[] are written first, since libpcap reads
/// whatever stands in one that was not.
class ProgramMaker {
 public:
  explicit ProgramMaker(std::uint64_t seed) : random_{seed} {}

  [[nodiscard]] bpf::Program next();

 private:
  std::uint32_t below(std::uint32_t limit) {
    return std::uniform_int_distribution<std::uint32_t>{0, limit - 1}(random_);
  }
  std::uint32_t constant();
  std::uint32_t offset();
  bpf::Instruction load();
  bpf::Instruction arithmetic();
  bpf::Instruction jump(std::uint32_t left);
  bpf::Instruction any(std::uint32_t left);

  std::mt19937_64 random_;
};

}  // namespace weir::test
