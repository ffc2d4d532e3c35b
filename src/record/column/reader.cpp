// Goes through packets in slices: headers first, then column by column.
#include "weir/record/column_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <optional>

#include "record/column/fills.h"
#include "weir/error.h"

namespace weir::record {
namespace {

/// A column and how it is filled.
struct FilledColumn {
  const FieldPlace* place;
  DirectFill direct = nullptr;
  /// Which of the headers; none for a field of the packet.
  std::optional<std::size_t> headers{};
  WordIndex words{};
  ColumnData data{};

  void begin() {
    data = ColumnData{.name = std::string{place->description.name},
                      .type = column_type(place->description)};
    if (has_offsets(data.type)) std::fill_n(data.values.extend(8), 8, std::uint8_t{0});
  }
  /// `valid` are those of `count` rows, which do not go beyond a word of the bitmap.
  void add_rows(std::size_t count, std::uint64_t valid);
};

constexpr std::size_t word_bits = 64;

std::uint64_t ones(std::size_t count) noexcept {
  return count == word_bits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// Up to the first absent row there is no bitmap.
void FilledColumn::add_rows(std::size_t count, std::uint64_t valid) {
  const std::size_t row = data.rows;
  data.rows += count;
  if (data.validity.empty()) {
    if (valid == ones(count)) return;
    const std::size_t full = row / word_bits;
    std::uint8_t* to = data.validity.extend((full + 1) * sizeof(std::uint64_t));
    for (std::size_t i = 0; i < full; ++i, to += sizeof(std::uint64_t))
      store_le(to, ~std::uint64_t{0});
    store_le(to, ones(row % word_bits));
  } else if (row % word_bits == 0) {
    store_le(data.validity.extend(sizeof(std::uint64_t)), std::uint64_t{0});
  }
  std::uint8_t* const word = data.validity.data() + row / word_bits * sizeof(std::uint64_t);
  store_le(word, load_le<std::uint64_t>(word) | valid << row % word_bits);
  data.absent += count - static_cast<std::size_t>(std::popcount(valid));
}

/// Memory for the headers of a slice: decode() makes each in its place.
class DecodedSlice {
 public:
  const wire::Layers* decode(std::span<const Packet> packets) noexcept {
    wire::Layers* const all = reinterpret_cast<wire::Layers*>(octets_.data());
    for (std::size_t i = 0; i < packets.size(); ++i) {
      new (all + i) wire::Layers(wire::decode(packets[i]));
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
  std::vector<FilledColumn> columns;
  /// A protocol each, for the columns of its fields.
  std::vector<wire::Protocol> protocols;
  std::vector<SliceHeaders> headers;
  InterfaceNames interfaces;
  DecodedSlice decoded;
  std::string scratch;
  Rfc3339 times;
  std::size_t rows = 0;

  void add_column(const std::string& name);
  void add(const PacketSlice& slice);
};

void ColumnReader::State::add_column(const std::string& name) {
  const FieldPlace& place = PacketCatalogue::all().find(name);
  const auto is_same = [&place](const FilledColumn& column) { return column.place == &place; };
  if (std::ranges::any_of(columns, is_same)) {
    throw Error{ErrorCode::invalid_argument, "the field " + name + " is there twice"};
  }
  FilledColumn& column = columns.emplace_back(FilledColumn{.place = &place});
  if (place.of_packet != nullptr) {
    column.direct = direct_fill(name);
  } else {
    const auto known = std::ranges::find(protocols, place.protocol);
    column.headers = static_cast<std::size_t>(known - protocols.begin());
    if (known == protocols.end()) protocols.push_back(place.protocol);
    headers.resize(protocols.size());
  }
  column.begin();
}

void ColumnReader::State::add(const PacketSlice& slice) {
  for (std::size_t i = 0; i < protocols.size(); ++i) headers[i].find(slice, protocols[i]);
  const std::size_t count = slice.packets.size();
  for (FilledColumn& column : columns) {
    std::uint64_t valid = 0;
    if (column.direct != nullptr) {
      valid = column.direct(slice, column.data.values.extend(count * width(column.data.type)));
    } else {
      valid = fill_by_table(slice, {.place = *column.place,
                                    .data = column.data,
                                    .words = column.words,
                                    .headers = column.headers ? &headers[*column.headers] : nullptr,
                                    .scratch = scratch,
                                    .times = times});
    }
    column.add_rows(count, valid);
  }
  rows += count;
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

ColumnReader::ColumnReader(const std::vector<std::string>& names)
    : state_{std::make_unique<State>()} {
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
                 .layers = state_->decoded.decode(some),
                 .place = place,
                 .interfaces = state_->interfaces});
    if (place.number != 0) place.number += count;
    packets = packets.subspan(count);
  }
}

std::size_t ColumnReader::rows() const noexcept { return state_->rows; }

ColumnBatch ColumnReader::take() {
  ColumnBatch batch{.rows = std::exchange(state_->rows, 0)};
  batch.columns.reserve(state_->columns.size());
  for (FilledColumn& column : state_->columns) {
    column.data.words = column.words.words();
    column.data.validity.shrink();
    column.data.values.shrink();
    column.data.characters.shrink();
    batch.columns.push_back(std::move(column.data));
    column.begin();
  }
  return batch;
}

void ColumnReader::name_interface(std::uint32_t index, std::string name) {
  state_->interfaces.put(index, std::move(name));
}

}  // namespace weir::record
