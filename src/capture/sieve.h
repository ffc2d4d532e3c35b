// The part of a filter the kernel runs: it may let too much through, never too little.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/bpf/instruction.h"
#include "weir/capture/live.h"

namespace weir::capture {

/// What the kernel is to do.
struct SieveOptions {
  Traffic traffic = Traffic::any;
  /// Bytes kept of packets nobody decides on again.
  std::uint32_t snapshot_length = 0;
  /// The adapter that hands each packet over twice, going out and coming in, where it is among
  /// those captured on: the copy going out is refused.
  std::uint32_t loopback = 0;
};

/// For a program the kernel runs on frames as they are. It sees them without the VLAN tag, which
/// adapters and the kernel itself put beside: so every packet with a tag passes, whole, for user
/// space to decide on. None if the kernel would not run the program, or not in its meaning.
[[nodiscard]] std::optional<bpf::Program> sieve_with(bpf::ProgramView program,
                                                     const SieveOptions& options);

/// Lets through whatever direction and loopback allow.
[[nodiscard]] bpf::Program sieve_without_program(const SieveOptions& options);

/// Refuses everything.
[[nodiscard]] bpf::Program refuse_all();

}  // namespace weir::capture
