// Which way a packet went, as its source or its own link header tells.
#pragma once

#include "weir/api.h"
#include "weir/packet.h"

namespace weir::wire {

/// What the source said of the packet; where that is unknown, what its header says: the packet type
/// of Linux cooked captures (what was sent to others is in: it came from the wire), the first octet
/// of SLIP and of PPP with direction.
[[nodiscard]] WEIR_API Direction direction_of(const Packet& packet) noexcept;

}  // namespace weir::wire
