// What weir doctor finds: one value each, and who looks for them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/doctor/kernel_features.h"

namespace weir::cli {

enum class Health : std::uint8_t {
  ok,
  note,     ///< works, but not as well as it could; or nobody can tell
  problem,  ///< does not work
};

struct Finding {
  /// "rights", "backend", "kernel", "adapter" or "resource".
  const char* topic;
  /// A command, a feature, the name of an adapter, a resource.
  std::string subject;
  Health health;
  std::string message;
  /// What to do about it; empty where there is nothing to be done.
  std::string remedy{};
};
using Findings = std::vector<Finding>;

/// Per command: which capabilities it needs, and whether this process has them.
[[nodiscard]] Findings look_at_rights(const KernelFeatures& features);
/// Per command: what it would take packets with, and why.
[[nodiscard]] Findings look_at_backends(const KernelFeatures& features);
[[nodiscard]] Findings look_at_kernel(const KernelFeatures& features);
/// Offloads that change what a capture shows. Throws SystemError.
[[nodiscard]] Findings look_at_adapters();
/// Memory for the ring, the disk of the current directory, limits of the process.
[[nodiscard]] Findings look_at_resources();
/// Of the three topics: rights, backend and what is left. Where the command is built with a gate.
/// Throws SystemError.
[[nodiscard]] Findings look_at_gate(const KernelFeatures& features);

}  // namespace weir::cli
