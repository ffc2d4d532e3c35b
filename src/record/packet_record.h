// The members of a packet record that stand before its protocols.
#pragma once

#include <span>
#include <string>

#include "record/interface_names.h"
#include "record/record_field.h"
#include "weir/record/packet_json.h"

namespace weir::record {

/// A packet and all that its record says of it.
struct PacketRecord {
  const Packet& packet;
  const wire::Layers& layers;
  const PacketPlace& place;
  /// Of the indexes that packets carry.
  const InterfaceNames& interfaces;
  /// Of its protocols.
  const wire::Decoders& decoders;
  /// Text that a value borrows, until the next is read.
  std::string& scratch;
};

[[nodiscard]] std::span<const RecordField<PacketRecord>> packet_record_fields() noexcept;
/// The two behind the protocols.
[[nodiscard]] std::span<const RecordField<PacketRecord>> packet_record_end_fields() noexcept;

}  // namespace weir::record
