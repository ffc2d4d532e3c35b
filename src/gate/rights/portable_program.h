// Programs on their way to another process: maps go by their places in a list of descriptors.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sys/file_descriptor.h"
#include "weir/bpf/ebpf.h"

namespace weir::gate {

struct PortableProgram {
  bpf::EbpfProgram code{};
  /// Descriptors of the process that names the maps, each once.
  std::vector<int> maps{};
};

inline constexpr std::size_t most_maps_of_program = 16;
/// Far beyond what the gate makes in one piece.
inline constexpr std::size_t most_instructions = 1 << 18;

[[nodiscard]] PortableProgram portable(bpf::EbpfProgram code);

/// Puts descriptors of this process back into what came from one that is not trusted. False, and it
/// is not to be loaded, for all that no program of a gate has: other functions of the kernel, other
/// references into it, maps that are not plain (sys::is_plain_map()). All else is the verifier's.
[[nodiscard]] bool put_maps_back(bpf::EbpfProgram& code,
                                 std::span<const sys::FileDescriptor> maps) noexcept;

}  // namespace weir::gate
