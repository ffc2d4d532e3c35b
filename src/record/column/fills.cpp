// One loop a column and slice: nothing is chosen per packet.
#include "record/column/fills.h"

#include <cstring>
#include <limits>

#include "record/json_record.h"
#include "record/layer_fields.h"
#include "record/packet_endpoints.h"
#include "record/value_text.h"

namespace weir::record {
namespace {

/// Calls read(packet, layers, index), which returns an optional T, for each packet.
template <class T, class Read>
std::uint64_t fill(const PacketSlice& slice, std::uint8_t* to, T absent, Read read) noexcept {
  std::uint64_t valid = 0;
  for (std::size_t i = 0; i < slice.packets.size(); ++i, to += sizeof(T)) {
    const std::optional<T> value = read(slice.packets[i], slice.layers[i], i);
    const T stored = value.value_or(absent);
    std::memcpy(to, &stored, sizeof(T));
    valid |= std::uint64_t{value.has_value()} << i;
  }
  return valid;
}

std::uint64_t fill_numbers(const PacketSlice& slice, std::uint8_t* to) noexcept {
  using Number = std::optional<std::uint64_t>;
  return fill(slice, to, std::uint64_t{0},
              [&slice](const Packet& packet, const wire::Layers&, std::size_t index) -> Number {
                if (slice.place.number != 0) return slice.place.number + index;
                if (packet.meta == nullptr || packet.meta->ordinal == 0) return std::nullopt;
                return packet.meta->ordinal;
              });
}

template <std::int64_t absent>
std::uint64_t fill_times(const PacketSlice& slice, std::uint8_t* to) noexcept {
  using Time = std::optional<std::int64_t>;
  return fill(slice, to, absent,
              [](const Packet& packet, const wire::Layers&, std::size_t) -> Time {
                if (has(packet.flags, PacketFlags::no_timestamp)) return std::nullopt;
                return packet.timestamp.time_since_epoch().count();
              });
}

std::uint64_t fill_lengths(const PacketSlice& slice, std::uint8_t* to) noexcept {
  return fill(slice, to, std::uint32_t{0},
              [](const Packet& packet, const wire::Layers&, std::size_t) {
                return std::optional{packet.wire_length};
              });
}

std::uint64_t fill_captured_lengths(const PacketSlice& slice, std::uint8_t* to) noexcept {
  return fill(slice, to, std::uint32_t{0},
              [](const Packet& packet, const wire::Layers&, std::size_t) {
                return std::optional{static_cast<std::uint32_t>(packet.data.size())};
              });
}

/// Writes 16 octets; false for no address, as 0.
bool put_address(std::uint8_t* to, Bytes address) noexcept {
  if (address.size() == Ipv4Address::size) {
    std::memcpy(to, mapped_prefix.data(), mapped_prefix.size());
    std::memcpy(to + mapped_prefix.size(), address.data(), Ipv4Address::size);
    return true;
  }
  if (address.size() == Ipv6Address::size) {
    std::memcpy(to, address.data(), Ipv6Address::size);
    return true;
  }
  std::memset(to, 0, Ipv6Address::size);
  return false;
}

template <Bytes IpEndpoints::* which>
std::uint64_t fill_addresses(const PacketSlice& slice, std::uint8_t* to) noexcept {
  std::uint64_t valid = 0;
  for (std::size_t i = 0; i < slice.packets.size(); ++i, to += Ipv6Address::size) {
    const IpEndpoints endpoints = ip_endpoints(slice.packets[i], slice.layers[i]);
    valid |= std::uint64_t{put_address(to, endpoints.*which)} << i;
  }
  return valid;
}

template <auto port>
std::uint64_t fill_ports(const PacketSlice& slice, std::uint8_t* to) noexcept {
  return fill(slice, to, std::uint16_t{0},
              [](const Packet& packet, const wire::Layers& layers, std::size_t) {
                return port(packet, layers);
              });
}

/// Any integer or number.
template <class T>
T number(const Value& value) noexcept {
  return std::visit(
      [](const auto& content) -> T {
        if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(content)>>) {
          return static_cast<T>(content);
        } else {
          return {};
        }
      },
      value.content());
}

template <class T>
void append_number(ColumnBuffer& to, const Value& value) {
  const T stored = number<T>(value);
  std::memcpy(to.extend(sizeof(T)), &stored, sizeof(T));
}

template <class T>
void append(ColumnBuffer& to, const T& value) {
  std::memcpy(to.extend(sizeof(T)), &value, sizeof(T));
}

void append_octets(ColumnData& to, Bytes octets) {
  if (!octets.empty()) {
    std::memcpy(to.characters.extend(octets.size()), octets.data(), octets.size());
  }
  append(to.values, static_cast<std::int64_t>(to.characters.size()));
}

void append_characters(ColumnData& to, std::string_view text) {
  append_octets(to, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

/// An address as the packet has it; as many zeros where there is none.
void append_address(ColumnData& to, const Value& value) {
  const auto* const ip = std::get_if<IpAddress>(&value.content());
  const auto* const mac = std::get_if<MacAddress>(&value.content());
  const Bytes octets = ip != nullptr ? ip->bytes() : mac != nullptr ? Bytes{mac->octets} : Bytes{};
  std::uint8_t* const at = to.values.extend(width(to.type));
  if (to.type == ColumnType::ip) {
    put_address(at, octets);
  } else if (octets.size() == width(to.type)) {
    std::memcpy(at, octets.data(), octets.size());
  } else {
    std::memset(at, 0, width(to.type));
  }
}

void append_text_of(const TableColumn& column, const Value& value) {
  const auto* const text = std::get_if<std::string_view>(&value.content());
  if (text != nullptr && is_ascii(*text)) return append_characters(column.data, *text);
  if (text != nullptr && text->data() == column.scratch.data()) {
    return append_characters(column.data, *text);  // JSON is UTF-8
  }
  column.scratch.clear();
  text != nullptr ? append_utf8(column.scratch, *text) : append_text(column.scratch, value);
  append_characters(column.data, column.scratch);
}

void append_word(const TableColumn& column, const Value& value) {
  std::int32_t number = -1;
  if (const auto* const word = std::get_if<std::string_view>(&value.content())) {
    if (column.place.description.kind == FieldKind::word) {
      number = column.words.of_constant(*word);
    } else if (is_ascii(*word)) {
      number = column.words.of(*word);
    } else {
      column.scratch.clear();
      append_utf8(column.scratch, *word);
      number = column.words.of(column.scratch);
    }
  }
  append(column.data.values, number);
}

}  // namespace

void append_value(const TableColumn& column, const Value& value) {
  ColumnBuffer& to = column.data.values;
  switch (column.data.type) {
    case ColumnType::boolean:
    case ColumnType::uint8:
      return append_number<std::uint8_t>(to, value);
    case ColumnType::uint16:
      return append_number<std::uint16_t>(to, value);
    case ColumnType::uint32:
      return append_number<std::uint32_t>(to, value);
    case ColumnType::uint64:
      return append_number<std::uint64_t>(to, value);
    case ColumnType::int64:
      return append_number<std::int64_t>(to, value);
    case ColumnType::float64:
      return append_number<double>(to, value);
    case ColumnType::time: {
      const auto* const time = std::get_if<Timestamp>(&value.content());
      return append(to, time != nullptr ? std::int64_t{time->time_since_epoch().count()}
                                        : std::numeric_limits<std::int64_t>::min());
    }
    case ColumnType::ipv4:
    case ColumnType::ipv6:
    case ColumnType::ip:
    case ColumnType::mac:
      return append_address(column.data, value);
    case ColumnType::word:
      return append_word(column, value);
    case ColumnType::text:
    case ColumnType::json:
      return append_text_of(column, value);
    case ColumnType::octets: {
      const auto* const octets = std::get_if<Bytes>(&value.content());
      return append_octets(column.data, octets != nullptr ? *octets : Bytes{});
    }
  }
}

namespace {

Value header_value(const TableColumn& column, const SliceHeaders::Header& header) {
  if (header.table == nullptr) return {};
  for (const FieldEntry& entry : column.place.entries) {
    if (entry.table != header.table) continue;
    return read_one(
        column, header.bytes,
        [&entry](Bytes bytes) { return entry.table->read(bytes, entry.index); },
        [&entry](ValueVisitor& to, Bytes bytes) { entry.table->visit(to, bytes, entry.index); });
  }
  return {};
}

Value own_value(const TableColumn& column, const PacketSlice& slice, std::size_t index,
                std::string& scratch) {
  const PacketPlace place = slice.place_of(index);
  const PacketRecord record{.packet = slice.packets[index],
                            .layers = slice.layers[index],
                            .place = place,
                            .interfaces = slice.interfaces,
                            .decoders = slice.decoders,
                            .scratch = scratch};
  const RecordField<PacketRecord>& field = *column.place.of_packet;
  return read_one(
      column, record, [&field](const PacketRecord& from) { return field.read(from); },
      [&field](ValueVisitor& to, const PacketRecord& from) { field.visit(to, from); });
}

}  // namespace

DirectFill direct_fill(std::string_view field) noexcept {
  constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();
  if (field == "number") return fill_numbers;
  if (field == "time") return fill_times<no_time>;
  if (field == "time_ns") return fill_times<0>;
  if (field == "len") return fill_lengths;
  if (field == "caplen") return fill_captured_lengths;
  if (field == "src") return fill_addresses<&IpEndpoints::source>;
  if (field == "dst") return fill_addresses<&IpEndpoints::destination>;
  if (field == "src_port") return fill_ports<source_port>;
  if (field == "dst_port") return fill_ports<destination_port>;
  return nullptr;
}

void SliceHeaders::find(const PacketSlice& slice, wire::Protocol protocol) noexcept {
  for (std::size_t i = 0; i < slice.packets.size(); ++i) {
    headers[i].table = nullptr;
    const wire::Layer* const layer = slice.layers[i].find(protocol);
    if (layer == nullptr) continue;
    const Bytes bytes = header_bytes(slice.packets[i], slice.layers[i], *layer);
    if (!bytes.empty()) headers[i] = {&fields_of(*layer, bytes), bytes};
  }
}

std::uint64_t fill_by_table(const PacketSlice& slice, const TableColumn& column) {
  std::uint64_t valid = 0;
  std::string scratch;
  for (std::size_t i = 0; i < slice.packets.size(); ++i) {
    const Value value = column.headers != nullptr ? header_value(column, column.headers->headers[i])
                                                  : own_value(column, slice, i, scratch);
    append_value(column, value);
    valid |= std::uint64_t{value.has_value()} << i;
  }
  return valid;
}

}  // namespace weir::record
