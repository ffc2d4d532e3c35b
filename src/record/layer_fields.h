// The table for one header of a packet, and the octets it reads.
#pragma once

#include "record/packet_fields.h"
#include "weir/packet.h"
#include "weir/wire/layers.h"

namespace weir::record {

/// From a header to the end of its datagram. None for a protocol without a header of its own: its
/// bytes are those of the next one.
[[nodiscard]] Bytes header_bytes(const Packet& packet, const wire::Layers& layers,
                                 const wire::Layer& layer) noexcept;
/// `header` as header_bytes() has it.
[[nodiscard]] const ProtocolFields& fields_of(const wire::Layer& layer, Bytes header);
/// Of every header that only a decoder of the user's knows: none.
[[nodiscard]] const ProtocolFields& user_fields() noexcept;

}  // namespace weir::record
