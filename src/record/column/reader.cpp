// Goes through packets in slices: headers first, then column by column.
#include "weir/record/column_reader.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "record/column/filled_column.h"
#include "weir/error.h"

namespace weir::record {
namespace {

/// Memory for the headers of a slice: decode() makes each in its place.
class DecodedSlice {
 public:
  const wire::Layers* decode(std::span<const Packet> packets,
                             const wire::Decoders& decoders) noexcept {
    wire::Layers* const all = reinterpret_cast<wire::Layers*>(octets_.data());
    for (std::size_t i = 0; i < packets.size(); ++i) {
      new (all + i) wire::Layers(wire::decode(packets[i], decoders));
    }
    return all;
  }

 private:
  static_assert(std::is_trivially_destructible_v<wire::Layers>);
  alignas(wire::Layers)
      std::array<std::uint8_t, PacketSlice::max_packets * sizeof(wire::Layers)> octets_;
};

}  // namespace

struct ColumnReader::State {
  State(Memory& its_memory, const wire::Decoders& its_decoders)
      : memory{its_memory}, decoders{its_decoders} {}

  Memory& memory;
  wire::Decoders decoders;
  std::vector<FilledColumn> columns;
  std::vector<Mark> marks;
  /// A protocol each, for the columns of its fields.
  std::vector<wire::Protocol> protocols;
  std::vector<SliceHeaders> headers;
  InterfaceNames interfaces;
  DecodedSlice decoded;
  std::string scratch;
  Rfc3339 times;
  std::size_t rows = 0;

  void add_column(const std::string& name);
  /// All rows or none.
  void add(const PacketSlice& slice);
  void fill(FilledColumn& column, const PacketSlice& slice);
};

void ColumnReader::State::add_column(const std::string& name) {
  const FieldPlace& place = PacketCatalogue::all().find(name);
  const auto is_same = [&place](const FilledColumn& column) { return column.place == &place; };
  if (std::ranges::any_of(columns, is_same)) {
    throw Error{ErrorCode::invalid_argument, "the field " + name + " is there twice"};
  }
  FilledColumn& column = columns.emplace_back(FilledColumn{.name = name, .place = &place});
  if (place.of_packet != nullptr) {
    column.direct = direct_fill(name);
  } else {
    const auto known = std::ranges::find(protocols, place.protocol);
    column.headers = static_cast<std::size_t>(known - protocols.begin());
    if (known == protocols.end()) protocols.push_back(place.protocol);
    headers.resize(protocols.size());
  }
  column.data = column.fresh(memory);
  marks.resize(columns.size());
}

void ColumnReader::State::fill(FilledColumn& column, const PacketSlice& slice) {
  const std::size_t count = slice.packets.size();
  if (column.direct != nullptr) {
    std::uint8_t* const to = column.data.values.extend(count * width(column.data.type));
    return column.add_rows(count, column.direct(slice, to));
  }
  const SliceHeaders* const of = column.headers ? &headers[*column.headers] : nullptr;
  const TableColumn table{.place = *column.place,
                          .data = column.data,
                          .words = column.words,
                          .headers = of,
                          .scratch = scratch,
                          .times = times};
  column.add_rows(count, fill_by_table(slice, table));
}

void ColumnReader::State::add(const PacketSlice& slice) {
  for (std::size_t i = 0; i < protocols.size(); ++i) headers[i].find(slice, protocols[i]);
  for (std::size_t i = 0; i < columns.size(); ++i) marks[i] = Mark::of(columns[i].data);
  try {
    for (FilledColumn& column : columns) fill(column, slice);
  } catch (...) {
    for (std::size_t i = 0; i < columns.size(); ++i) marks[i].cut(columns[i].data);
    throw;
  }
  rows += slice.packets.size();
}

ColumnType column_type(const FieldDescription& field) noexcept {
  // Names of files, interfaces: few, and the same in many packets.
  const bool is_of_packet = !field.name.contains('.');
  switch (field.kind) {
    case FieldKind::integer:
      switch (field.range) {
        case FieldRange::bits8:
          return ColumnType::uint8;
        case FieldRange::bits16:
          return ColumnType::uint16;
        case FieldRange::bits32:
          return ColumnType::uint32;
        case FieldRange::with_sign:
          return ColumnType::int64;
        default:
          return ColumnType::uint64;
      }
    case FieldKind::number:
      return ColumnType::float64;
    case FieldKind::nanoseconds:
      return ColumnType::int64;
    case FieldKind::time:
      return ColumnType::time;
    case FieldKind::word:
      return ColumnType::word;
    case FieldKind::text:
      return is_of_packet ? ColumnType::word : ColumnType::text;
    case FieldKind::ip_address:
      if (field.range == FieldRange::ipv4) return ColumnType::ipv4;
      return field.range == FieldRange::ipv6 ? ColumnType::ipv6 : ColumnType::ip;
    case FieldKind::mac_address:
      return ColumnType::mac;
    case FieldKind::hex:
      return ColumnType::octets;
    case FieldKind::boolean:
      return ColumnType::boolean;
    default:
      return ColumnType::json;
  }
}

ColumnReader::ColumnReader(const std::vector<std::string>& names, Memory& memory,
                           const wire::Decoders& decoders)
    : state_{std::make_unique<State>(memory, decoders)} {
  for (const std::string& name : names) state_->add_column(name);
}

ColumnReader::ColumnReader(ColumnReader&&) noexcept = default;
ColumnReader& ColumnReader::operator=(ColumnReader&&) noexcept = default;
ColumnReader::~ColumnReader() = default;

void ColumnReader::add(std::span<const Packet> packets, const PacketPlace& first) {
  PacketPlace place = first;
  while (!packets.empty()) {
    const std::size_t count = std::min(
        packets.size(), PacketSlice::max_packets - state_->rows % PacketSlice::max_packets);
    const auto some = packets.first(count);
    state_->add({.packets = some,
                 .layers = state_->decoded.decode(some, state_->decoders),
                 .place = place,
                 .interfaces = state_->interfaces,
                 .decoders = state_->decoders});
    if (place.number != 0) place.number += count;
    packets = packets.subspan(count);
  }
}

std::size_t ColumnReader::rows() const noexcept { return state_->rows; }

ColumnBatch ColumnReader::take() {
  ColumnBatch batch = take_rows(state_->columns, state_->rows, state_->memory);
  state_->rows = 0;
  return batch;
}

void ColumnReader::name_interface(std::uint32_t index, std::string name) {
  state_->interfaces.put(index, std::move(name));
}

}  // namespace weir::record
