// A field of a record: name, kind, meaning, and how its value is read. Tables of these drive the
// packet and info records and docs/json.md.
#pragma once

#include <array>
#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>

#include "weir/record/field.h"
#include "weir/record/value.h"

namespace weir::record {

template <class Record>
struct RecordField {
  /// Reads the value of a field of one value. Borrows from the record.
  using Read = Value (*)(const Record& record);
  /// Tells the values of a field of several; nothing where the field does not apply.
  using Visit = void (*)(ValueVisitor& to, const Record& record);

  constexpr RecordField(std::string_view its_name, FieldKind its_kind, std::string_view its_meaning,
                        Read how, FieldUnit its_unit = FieldUnit::none,
                        FieldRange its_range = FieldRange::any)
      : name{its_name},
        kind{its_kind},
        meaning{its_meaning},
        unit{its_unit},
        range{its_range},
        read{how} {}
  constexpr RecordField(std::string_view its_name, FieldKind its_kind, std::string_view its_meaning,
                        Visit how)
      : name{its_name}, kind{its_kind}, meaning{its_meaning}, visit{how} {}

  std::string_view name;
  FieldKind kind;
  std::string_view meaning;
  FieldUnit unit = FieldUnit::none;
  FieldRange range = FieldRange::any;
  /// One of them.
  Read read = nullptr;
  Visit visit = nullptr;

  /// What the documentation says of it.
  [[nodiscard]] constexpr FieldDescription description() const noexcept {
    return {name, kind, meaning, unit, range};
  }
};

/// What the documentation says of a table.
template <class Field, std::size_t count>
constexpr std::array<FieldDescription, count> descriptions(const std::array<Field, count>& fields) {
  std::array<FieldDescription, count> result{};
  for (std::size_t i = 0; i < count; ++i) {
    result[i] = fields[i].description();
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

/// What holds every value of an accessor's type.
template <class T>
constexpr FieldRange range_of() noexcept {
  if constexpr (detail::is_optional<T>) {
    return range_of<typename T::value_type>();
  } else if constexpr (std::is_enum_v<T>) {
    return range_of<std::underlying_type_t<T>>();
  } else if constexpr (std::same_as<T, bool>) {
    return FieldRange::any;
  } else if constexpr (std::signed_integral<T>) {
    return FieldRange::with_sign;
  } else if constexpr (std::integral<T>) {
    return sizeof(T) == 1   ? FieldRange::bits8
           : sizeof(T) == 2 ? FieldRange::bits16
           : sizeof(T) == 4 ? FieldRange::bits32
                            : FieldRange::any;
  } else if constexpr (std::same_as<T, Ipv4Address>) {
    return FieldRange::ipv4;
  } else if constexpr (std::same_as<T, Ipv6Address>) {
    return FieldRange::ipv6;
  } else {
    return FieldRange::any;
  }
}

template <class Record, auto accessor>
using Accessed = std::remove_cvref_t<std::invoke_result_t<decltype(accessor), const Record&>>;

/// A field that is what an accessor of the record says.
template <class Record, auto accessor>
constexpr RecordField<Record> of(std::string_view name, std::string_view meaning) {
  return {name,
          kind_of<Accessed<Record, accessor>>(),
          meaning,
          [](const Record& record) -> Value { return std::invoke(accessor, record); },
          FieldUnit::none,
          range_of<Accessed<Record, accessor>>()};
}

/// The same, only where a condition of the record holds.
template <class Record, auto accessor, auto condition>
constexpr RecordField<Record> of_if(std::string_view name, std::string_view meaning) {
  return {name,
          kind_of<Accessed<Record, accessor>>(),
          meaning,
          [](const Record& record) -> Value {
            if (!std::invoke(condition, record)) return {};
            return std::invoke(accessor, record);
          },
          FieldUnit::none,
          range_of<Accessed<Record, accessor>>()};
}

}  // namespace weir::record
