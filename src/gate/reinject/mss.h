// Lowers the maximum segment size that a SYN tells, so that handlers have room to make segments
// longer.
#pragma once

#include <cstdint>
#include <optional>

#include "gate/reinject/outline.h"
#include "weir/bytes.h"

namespace weir::gate {

/// What the SYN should tell instead, to leave `growth` bytes; nothing if it is no SYN, or tells
/// none or one that leaves no room.
[[nodiscard]] std::optional<std::uint16_t> lower_mss(Bytes frame, const Outline& outline,
                                                     std::uint16_t growth) noexcept;

/// Writes it; the checksum stays as right, wrong or unfinished as it is.
void write_mss(MutableBytes frame, LinkType link_type, const Outline& outline,
               std::uint16_t size) noexcept;

}  // namespace weir::gate
