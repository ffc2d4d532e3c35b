// What every field table says about a field, whatever the record.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::record {

enum class FieldKind : std::uint8_t {
  integer,      ///< unsigned, up to 2^64 - 1
  number,       ///< with a fraction
  nanoseconds,  ///< signed, since the epoch
  time,         ///< RFC 3339 text
  word,         ///< one of a few fixed words
  text,         ///< any characters, escaped
  ip_address,
  mac_address,
  hex,  ///< bytes as hex digits
  boolean,
  integers,   ///< an array of integers
  texts,      ///< an array of strings
  addresses,  ///< an array of IP addresses
  object,
  objects,  ///< an array of objects
};

/// The words of docs/json.md.
[[nodiscard]] constexpr std::string_view name(FieldKind kind) noexcept {
  switch (kind) {
    case FieldKind::integer:
    case FieldKind::nanoseconds:
      return "integer";
    case FieldKind::number:
      return "number";
    case FieldKind::time:
      return "time";
    case FieldKind::word:
    case FieldKind::text:
      return "text";
    case FieldKind::ip_address:
      return "address";
    case FieldKind::mac_address:
      return "MAC address";
    case FieldKind::hex:
      return "hex";
    case FieldKind::boolean:
      return "boolean";
    case FieldKind::integers:
      return "array of integers";
    case FieldKind::texts:
      return "array of text";
    case FieldKind::addresses:
      return "array of addresses";
    case FieldKind::object:
      return "object";
    case FieldKind::objects:
      return "array of objects";
  }
  return "";
}

/// What the integers of a field count; of other fields none.
enum class FieldUnit : std::uint8_t { none, packets, bytes };

/// What every value of an integer or an address fits in; of other fields `any`.
enum class FieldRange : std::uint8_t {
  any,  ///< of integers 64 bits without a sign, of addresses either version
  bits8,
  bits16,
  bits32,
  with_sign,  ///< 64 bits
  ipv4,
  ipv6,
};

/// A field as the documentation shows it.
struct FieldDescription {
  std::string_view name;
  FieldKind kind;
  std::string_view meaning;
  FieldUnit unit = FieldUnit::none;
  FieldRange range = FieldRange::any;
};

/// What people know the field of a header by from elsewhere, and what names it as well: "src" for
/// "source", "dport" for "destination_port". Empty if there is nothing shorter. Records do not have
/// it.
[[nodiscard]] constexpr std::string_view short_name(std::string_view field) noexcept {
  if (field == "source") return "src";
  if (field == "destination") return "dst";
  if (field == "source_port") return "sport";
  if (field == "destination_port") return "dport";
  return {};
}

}  // namespace weir::record
