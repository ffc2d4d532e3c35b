// The program that holds a packet: into the ring whole, or to be cut into segments first.
#pragma once

#include <cstdint>

#include "gate/kernel/maps.h"
#include "gate/kernel/owner_watch.h"
#include "weir/bpf/ebpf.h"
#include "weir/gate/options.h"
#include "weir/gate/policy.h"

namespace weir::gate {

struct HoldProgramOptions {
  Policies policies{};
  /// Nanoseconds; 0: no limit.
  std::uint64_t hang_limit = 0;
  Segments segments = Segments::cut;
  /// The ifindex of the helper adapter, which cuts.
  std::uint32_t helper = 0;
  /// Nothing where the kernel does not offer it.
  const OwnerWatch* owner = nullptr;
};

/// Throws Error.
[[nodiscard]] bpf::EbpfProgram hold_program(const Maps& maps, const HoldProgramOptions& options);

/// The program that copies a packet for notify, which goes on.
[[nodiscard]] bpf::EbpfProgram notice_program(const Maps& maps);
/// The same of a packet that vanishes, with a copy or without.
[[nodiscard]] bpf::EbpfProgram shown_drop_program(const Maps& maps);

/// The socket filter of the helper adapter: each segment that the kernel has cut goes into the
/// ring, and nothing is ever left to be read.
[[nodiscard]] bpf::EbpfProgram segment_filter(const Maps& maps);

}  // namespace weir::gate
