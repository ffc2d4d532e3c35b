// What a gate's process has in the kernel: its programs, links and maps, by their numbers.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>

namespace weir::test {

struct KernelObjects {
  std::set<std::uint32_t> programs{};
  std::set<std::uint32_t> links{};
  std::set<std::uint32_t> maps{};

  /// Of its descriptors, and all programs that are in its maps or use them.
  [[nodiscard]] static KernelObjects of(pid_t process);
  /// Those that are there yet, "program 17 weir_gate_in", after at most two seconds; empty if none.
  [[nodiscard]] std::string left() const;
};

}  // namespace weir::test
