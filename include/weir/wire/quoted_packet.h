// The packet inside an ICMP error: what decode() leaves alone, as a packet of its own.
#pragma once

#include <optional>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/wire/layers.h"

namespace weir::wire {

/// The start of the packet that caused an ICMP or ICMPv6 error, if `packet` ends in one and at
/// least a byte was captured of it. `layers` is the result of decode(packet).
///
/// It borrows the bytes of `packet`. Its link type is ipv4 or ipv6 and its wire length what its IP
/// header says, so that a packet quoted in part looks like one snapped by the capture. Errors about
/// errors end: each quoted packet is shorter than the one it is in.
[[nodiscard]] WEIR_API std::optional<Packet> quoted_packet(const Packet& packet,
                                                           const Layers& layers) noexcept;

}  // namespace weir::wire
