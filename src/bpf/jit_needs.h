// What the rest of a classic BPF program needs, computed backwards: so that the JIT can leave out
// what nobody reads and check lengths once and early.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "bpf/flow_graph.h"
#include "weir/bpf/instruction.h"

namespace weir::bpf::jit {

/// How A is read before it is written again.
enum class Demand : std::uint8_t {
  none,
  pattern,  ///< masked and compared for equality with constants only: any byte order will do
  number
};

/// The only answer left is to refuse the packet.
inline constexpr std::uint64_t refusal = std::numeric_limits<std::uint64_t>::max();

/// Of one point of the program.
struct Needs {
  Demand a = Demand::none;
  bool x = false;
  /// Cells of M[], a bit each.
  std::uint16_t memory = 0;
  /// With fewer captured bytes every path refuses the packet.
  std::uint64_t captured = refusal;
};

/// Octets a load takes: 4, 2 or 1.
[[nodiscard]] unsigned load_size(const Instruction& instruction) noexcept;

/// The needs before each instruction; those of unreachable ones mean nothing.
[[nodiscard]] std::vector<Needs> needs_before(ProgramView program, std::span<const Entry> entries);

/// The needs after an instruction: those of its successors together.
[[nodiscard]] Needs needs_after(ProgramView program, std::span<const Entry> entries,
                                std::span<const Needs> before, std::size_t index);

}  // namespace weir::bpf::jit
