// A field of a JSON record: name, kind, meaning, and how its value is written. Tables of these
// drive the packet and info records and docs/json.md.
#pragma once

#include <array>
#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include "record/field.h"
#include "record/json_writer.h"

namespace weir::record {

template <class Record>
struct RecordField {
  std::string_view name;
  FieldKind kind;
  std::string_view meaning;
  /// Writes the value; nothing where the field does not apply.
  void (*write)(JsonWriter& json, const Record& record);
};

/// Writes each field that applies as a member of the object that is open.
template <class Record>
void write_members(JsonWriter& json, const Record& record,
                   std::type_identity_t<std::span<const RecordField<Record>>> fields) {
  for (const RecordField<Record>& field : fields) {
    const std::size_t before = json.position();
    json.key(field.name);
    const std::size_t value = json.position();
    field.write(json, record);
    if (json.position() == value) json.take_back(before);
  }
}

/// What the documentation says of a table.
template <class Record, std::size_t count>
constexpr std::array<FieldDescription, count> descriptions(
    const std::array<RecordField<Record>, count>& fields) {
  std::array<FieldDescription, count> result{};
  for (std::size_t i = 0; i < count; ++i) {
    result[i] = {fields[i].name, fields[i].kind, fields[i].meaning};
  }
  return result;
}

namespace detail {
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace detail

/// The kind that an accessor's type stands for.
template <class T>
constexpr FieldKind kind_of() noexcept {
  if constexpr (detail::is_optional<T>) {
    return kind_of<typename T::value_type>();
  } else if constexpr (std::same_as<T, bool>) {
    return FieldKind::boolean;
  } else if constexpr (std::integral<T> || std::is_enum_v<T>) {
    return FieldKind::integer;
  } else if constexpr (std::same_as<T, MacAddress>) {
    return FieldKind::mac_address;
  } else if constexpr (std::same_as<T, Bytes>) {
    return FieldKind::hex;
  } else {
    static_assert(std::convertible_to<T, IpAddress>);
    return FieldKind::ip_address;
  }
}

/// Writes what an accessor gave; an empty optional is nothing.
template <class T>
void write_accessed(JsonWriter& json, const T& value) {
  if constexpr (detail::is_optional<T>) {
    if (value) write_accessed(json, *value);
  } else if constexpr (std::is_enum_v<T>) {
    write_accessed(json, std::to_underlying(value));
  } else if constexpr (std::unsigned_integral<T> && !std::same_as<T, bool>) {
    json.value(std::uint64_t{value});
  } else {
    static_assert(!std::signed_integral<T>, "no header has a signed field");
    json.value(value);
  }
}

/// A field that is what an accessor of the record says.
template <class Record, auto accessor>
constexpr RecordField<Record> of(std::string_view name, std::string_view meaning) {
  using Value = std::remove_cvref_t<std::invoke_result_t<decltype(accessor), const Record&>>;
  return {name, kind_of<Value>(), meaning, [](JsonWriter& json, const Record& record) {
            write_accessed(json, std::invoke(accessor, record));
          }};
}

/// The same, only where a condition of the record holds.
template <class Record, auto accessor, auto condition>
constexpr RecordField<Record> of_if(std::string_view name, std::string_view meaning) {
  using Value = std::remove_cvref_t<std::invoke_result_t<decltype(accessor), const Record&>>;
  return {name, kind_of<Value>(), meaning, [](JsonWriter& json, const Record& record) {
            if (std::invoke(condition, record)) write_accessed(json, std::invoke(accessor, record));
          }};
}

}  // namespace weir::record
