// What the options of a live source may be, and the ring they ask for.
#pragma once

#include <cstdint>
#include <string>

#include "sys/packet_ring.h"
#include "weir/capture/live.h"

namespace weir::capture {

/// Of a live source; what tcpdump takes too.
inline constexpr std::uint32_t longest_snapshot = 262144;

/// The length asked for, 0 being the longest. Throws Error (invalid_argument) if over `most`.
[[nodiscard]] std::uint32_t snapshot_length(std::uint32_t asked, std::uint32_t most);

/// Block size and number for the memory, and the time they are retired after. Packets have up to
/// `longest_packet` bytes, if that is more than usual. Throws Error (invalid_argument) naming
/// option and range.
[[nodiscard]] sys::RingShape ring_shape(const LiveOptions& options, std::uint32_t headroom,
                                        std::uint32_t longest_packet = 0);

/// That for want of memory there is no ring of the size.
[[noreturn]] void refuse_ring_size(std::size_t size);

}  // namespace weir::capture
