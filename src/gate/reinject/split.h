// Cuts frames that stand for more TCP segments than IP can tell the length of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gate/reinject/outline.h"
#include "weir/bytes.h"

namespace weir::gate {

/// Whether a frame of several segments is beyond 65,535 bytes, as IP counts them (BIG TCP). The
/// kernel loses the length of such a frame on its way out of a packet socket.
[[nodiscard]] bool needs_split(const Transport& tcp) noexcept;

/// Bytes of payload that each part but the last has: a multiple of `segment_size`; 0 if not even
/// one segment fits.
[[nodiscard]] std::size_t part_size(const Transport& tcp, std::size_t segment_size) noexcept;

/// Bytes of memory for a part with that much payload.
[[nodiscard]] inline std::size_t part_room(const Transport& tcp, std::size_t payload) noexcept {
  return tcp.payload + payload;
}

/// A part of a frame's payload: where it begins, behind the headers, and its bytes.
struct Part {
  std::size_t offset = 0;
  std::size_t size = 0;
};

/// Writes a part as a frame of its own: without the jumbo payload option (RFC 2675), with lengths,
/// the identification, sequence number and flags as the kernel would have cut it; of its checksums
/// that of TCP is left. Returns it. Precondition: `to` has part_room() bytes.
[[nodiscard]] MutableBytes write_part(Bytes frame, const Transport& tcp, std::size_t segment_size,
                                      const Part& part, MutableBytes to) noexcept;

}  // namespace weir::gate
