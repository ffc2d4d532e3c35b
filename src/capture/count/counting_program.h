// The program the kernel runs on each packet in statistics mode: decides, counts, passes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>

#include "weir/bpf/ebpf.h"
#include "weir/capture/live.h"

namespace weir::capture {

/// What the program keeps for each processor, in words of 64 bits. A line of the cache each, so
/// that processors do not wait for one another.
namespace slot {
inline constexpr std::size_t sequence = 0;  ///< odd while the others are being changed
inline constexpr std::size_t packets = 1;
inline constexpr std::size_t bytes = 2;
inline constexpr std::size_t words = 8;
}  // namespace slot

struct CountingProgramOptions {
  Traffic traffic = Traffic::any;
  /// As SieveOptions::loopback.
  std::uint32_t loopback = 0;
  /// Bytes of the header that is written before each packet where headers are cooked.
  std::uint32_t header_size = 0;
  /// Descriptor of the slots: an array with one for each processor number.
  int slots = -1;
  /// As bpf::TranslationOptions, for the filter.
  int scratch_map = -1;
};

/// Without a filter, if that is empty. As a socket filter it returns 0 for every packet.
[[nodiscard]] std::expected<bpf::EbpfProgram, bpf::TranslationError> counting_program(
    bpf::ProgramView filter, const CountingProgramOptions& options);

}  // namespace weir::capture
