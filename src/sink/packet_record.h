// The members of a packet record that stand before its protocols.
#pragma once

#include <span>

#include "sink/interface_names.h"
#include "sink/record_field.h"
#include "weir/sink/packet_json.h"

namespace weir::sink {

/// A packet and all that its record says of it.
struct PacketRecord {
  const Packet& packet;
  const wire::Layers& layers;
  const PacketPlace& place;
  Rfc3339& times;
  /// Of the indexes that packets carry.
  const InterfaceNames& interfaces;
};

[[nodiscard]] std::span<const RecordField<PacketRecord>> packet_record_fields() noexcept;
/// The two behind the protocols.
[[nodiscard]] std::span<const RecordField<PacketRecord>> packet_record_end_fields() noexcept;

}  // namespace weir::sink
