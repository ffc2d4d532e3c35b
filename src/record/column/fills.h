// Fills columns from packets whose headers are known: those that most ask for directly, all others
// by the tables of fields.
#pragma once

#include <cstdint>
#include <span>

#include "record/column/word_index.h"
#include "record/interface_names.h"
#include "record/json_record.h"
#include "record/packet_catalogue.h"
#include "rfc3339.h"
#include "weir/packet.h"
#include "weir/record/column_data.h"
#include "weir/wire/layers.h"

namespace weir::record {

/// Packets that are read together: as many as a word of a validity bitmap has bits.
struct PacketSlice {
  static constexpr std::size_t max_packets = 64;

  std::span<const Packet> packets;
  /// As many.
  const wire::Layers* layers;
  /// Of the first packet; the others count on.
  PacketPlace place;
  const InterfaceNames& interfaces;
  /// They name the protocols of the layers.
  const wire::Decoders& decoders;

  /// The place of another packet.
  [[nodiscard]] PacketPlace place_of(std::size_t index) const noexcept {
    PacketPlace other = place;
    if (other.number != 0) other.number += index;
    return other;
  }
};

/// Writes a value a packet at `to`, and 0 where there is none; returns which have one, the first in
/// the lowest bit.
using DirectFill = std::uint64_t (*)(const PacketSlice& slice, std::uint8_t* to);
/// Of one of the packet's own fields; null where the tables are good enough.
[[nodiscard]] DirectFill direct_fill(std::string_view field) noexcept;

/// The headers of one protocol in a slice.
struct SliceHeaders {
  struct Header {
    /// Null where the packet has none.
    const ProtocolFields* table = nullptr;
    Bytes bytes{};
  };
  std::array<Header, PacketSlice::max_packets> headers;

  void find(const PacketSlice& slice, wire::Protocol protocol) noexcept;
};

/// A column that is being filled by the tables.
struct TableColumn {
  const FieldPlace& place;
  ColumnData& data;
  WordIndex& words;
  /// Null for a field of the packet.
  const SliceHeaders* headers;
  /// Text on its way into the column.
  std::string& scratch;
  Rfc3339& times;
};
/// Appends one value of the column's type, or what stands where there is none. Throws
/// std::bad_alloc.
void append_value(const TableColumn& column, const Value& value);
/// Reads the value of one source, or writes the JSON of several into `scratch` and returns that.
template <class Source, class Read, class Visit>
Value read_one(const TableColumn& column, const Source& source, Read read, Visit visit) {
  if (column.data.type != ColumnType::json) return read(source);
  column.scratch.clear();
  JsonWriter json{column.scratch};
  JsonVisitor visitor{json, column.times};
  visit(visitor, source);
  if (column.scratch.empty()) return {};
  return column.scratch;
}
/// Appends a value a packet; returns which have one. Throws std::bad_alloc.
std::uint64_t fill_by_table(const PacketSlice& slice, const TableColumn& column);

}  // namespace weir::record
