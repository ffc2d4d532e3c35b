// Reads values of columns back, and gives texts numbers.
#include "weir/record/column_data.h"

#include <cstring>

#include "record/column/word_index.h"
#include "record/value_text.h"

namespace weir::record {
namespace {

template <class T>
T at(const ColumnData& column, std::size_t row) noexcept {
  T value;
  std::memcpy(&value, column.values.data() + row * sizeof(T), sizeof(T));
  return value;
}

Bytes characters_of(const ColumnData& column, std::size_t row) noexcept {
  const auto begin = static_cast<std::size_t>(at<std::int64_t>(column, row));
  const auto end = static_cast<std::size_t>(at<std::int64_t>(column, row + 1));
  return {column.characters.data() + begin, end - begin};
}

std::string_view as_text(Bytes characters) noexcept {
  return {reinterpret_cast<const char*>(characters.data()), characters.size()};
}

/// The octets of a value, whatever they stand for.
Bytes stored(const ColumnData& column, std::size_t row) noexcept {
  if (has_offsets(column.type)) return characters_of(column, row);
  const std::size_t octets = width(column.type);
  return {column.values.data() + row * octets, octets};
}

IpAddress unmapped(const std::uint8_t* octets) noexcept {
  constexpr std::size_t ipv4_at = Ipv6Address::size - Ipv4Address::size;
  const bool is_mapped = std::memcmp(octets, mapped_prefix.data(), ipv4_at) == 0;
  if (is_mapped) return Ipv4Address::load(octets + ipv4_at);
  return Ipv6Address::load(octets);
}

}  // namespace

std::string_view name(ColumnType type) noexcept {
  constexpr std::string_view names[] = {"boolean", "uint8", "uint16", "uint32", "uint64", "int64",
                                        "float64", "time",  "ipv4",   "ipv6",   "ip",     "mac",
                                        "word",    "text",  "octets", "json"};
  return names[static_cast<std::size_t>(type)];
}

Value ColumnData::value(std::size_t row) const noexcept {
  if (!has_value(row)) return {};
  const std::uint8_t* const octets = values.data() + row * width(type);
  switch (type) {
    case ColumnType::boolean:
      return *octets != 0;
    case ColumnType::uint8:
      return *octets;
    case ColumnType::uint16:
      return at<std::uint16_t>(*this, row);
    case ColumnType::uint32:
      return at<std::uint32_t>(*this, row);
    case ColumnType::uint64:
      return at<std::uint64_t>(*this, row);
    case ColumnType::int64:
      return at<std::int64_t>(*this, row);
    case ColumnType::float64:
      return at<double>(*this, row);
    case ColumnType::time:
      return Timestamp{Duration{at<std::int64_t>(*this, row)}};
    case ColumnType::ipv4:
      return Ipv4Address::load(octets);
    case ColumnType::ipv6:
      return Ipv6Address::load(octets);
    case ColumnType::ip:
      return unmapped(octets);
    case ColumnType::mac:
      return MacAddress::load(octets);
    case ColumnType::word:
      return std::string_view{words[static_cast<std::size_t>(at<std::int32_t>(*this, row))]};
    case ColumnType::text:
    case ColumnType::json:
      return as_text(characters_of(*this, row));
    case ColumnType::octets:
      return characters_of(*this, row);
  }
  return {};
}

std::string ColumnData::text(std::size_t row) const {
  std::string text;
  append_text(text, value(row));
  return text;
}

ColumnData ColumnData::as_words() const {
  ColumnData result{.name = name, .type = ColumnType::word, .rows = rows, .absent = absent};
  if (!validity.empty()) {
    std::memcpy(result.validity.extend(validity.size()), validity.data(), validity.size());
  }
  WordIndex index;
  std::uint8_t* to = result.values.extend(rows * sizeof(std::int32_t));
  for (std::size_t row = 0; row < rows; ++row, to += sizeof(std::int32_t)) {
    std::int32_t number = -1;
    if (has_value(row)) {
      number = index.of(as_text(stored(*this, row)));
      if (static_cast<std::size_t>(number) == result.words.size()) {
        result.words.push_back(this->text(row));
      }
    }
    std::memcpy(to, &number, sizeof number);
  }
  return result;
}

std::size_t ColumnData::size() const noexcept {
  std::size_t octets = validity.size() + values.size() + characters.size();
  for (const std::string& word : words) octets += word.size();
  return octets;
}

}  // namespace weir::record
