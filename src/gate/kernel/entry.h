// The program every packet comes to first: tags, counters, flow verdicts, then the rules.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "gate/kernel/maps.h"
#include "weir/bpf/ebpf.h"

namespace weir::gate {

struct EntryOptions {
  /// tag::place() of this gate.
  std::uint64_t place = 0;
  /// Slots where the rules begin, for adapters with an Ethernet header and without; nothing where
  /// there are none.
  std::array<std::optional<std::uint32_t>, 2> rules{};
};

/// Throws Error.
[[nodiscard]] bpf::EbpfProgram entry_program(const Maps& maps, const EntryOptions& options);

}  // namespace weir::gate
