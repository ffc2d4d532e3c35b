// Fills columns with chosen fields of packets.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/record/column_data.h"
#include "weir/record/field.h"
#include "weir/record/packet_json.h"
#include "weir/wire/decoders.h"

namespace weir::record {

/// How a column holds a field.
[[nodiscard]] WEIR_API ColumnType column_type(const FieldDescription& field) noexcept;

/// Reads fields of packets into columns, each packet decoded once:
///
///     record::ColumnReader reader{{"time", "src", "dst_port", "ip.ttl"}};
///     for (const Batch& batch : source.batches())
///       reader.add(batch.packets, {.number = 1, .interfaces = source.interfaces()});
///     const record::ColumnBatch columns = reader.take();
///
/// A header's field is that of its protocol's outermost header, as PacketRow has it. Movable; one
/// thread at a time.
class WEIR_API ColumnReader {
 public:
  /// Names as packet_row_fields() has them or with a short_name(), each field once; the columns are
  /// named as was asked. Throws Error (invalid_argument) naming one that is not there and the one
  /// near to it, or one that is there twice. `memory`, that of all values, outlives the reader and
  /// all it hands out: memory::huge_pages() for many packets.
  /// `decoders`: what packets are decoded with.
  explicit ColumnReader(const std::vector<std::string>& names, Memory& memory = Memory::heap(),
                        const wire::Decoders& decoders = {});
  ColumnReader(ColumnReader&&) noexcept;
  ColumnReader& operator=(ColumnReader&&) noexcept;
  ~ColumnReader();

  /// A row a packet. `first` is the place of the first of them; those that follow count on from its
  /// number. Throws std::bad_alloc; then rows() says how many have become whole rows, and of the
  /// others nothing is there.
  void add(std::span<const Packet> packets, const PacketPlace& first);
  [[nodiscard]] std::size_t rows() const noexcept;
  /// What was filled so far, each buffer as large as it is full; then it begins anew. Indexes of
  /// words stay the same: later batches have more of them. Throws std::bad_alloc; then the rows
  /// stay.
  [[nodiscard]] ColumnBatch take();

  /// As PacketJson::name_interface().
  void name_interface(std::uint32_t index, std::string name);

 private:
  struct WEIR_PRIVATE State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::record
