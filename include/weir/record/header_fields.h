// Headers to be written, field by field by name: the names of docs/json.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>

#include "weir/api.h"
#include "weir/record/field.h"
#include "weir/record/value.h"
#include "weir/wire/any_fields.h"

namespace weir::record {

/// Why a field was not set. The header is unchanged.
enum class FieldError : std::uint8_t {
  unknown_name,   ///< the header has no such field
  wrong_kind,     ///< the value is not of the field's kind
  out_of_range,   ///< more than the field holds, or no multiple of what it counts in
  not_left_open,  ///< no value, but the field is not one that is filled in
};

/// "unknown_name", "wrong_kind", ...
[[nodiscard]] WEIR_API std::string_view name(FieldError error) noexcept;

/// One field of a header to be written.
struct SettableField {
  FieldDescription description;
  /// Whether it may be left open, to be filled in when the header is written.
  bool may_be_open = false;
  /// Of integers the largest, of hex the most octets.
  std::uint64_t max = 0;
  /// Of integers the least.
  std::int64_t min = 0;
  /// What integers are a multiple of.
  std::uint64_t step = 1;
  /// Octets of an address of any protocol: six are a MAC address, four one of IPv4.
  bool is_address = false;
  /// A part of another field, or that in another unit or form.
  bool is_part = false;
  /// Absent while it is left open. Integers from 0 on are without a sign. Octets are borrowed as
  /// the header borrows them, or from the header where it holds them itself. Precondition here and
  /// below: the header is of the format that the field is of.
  Value (*read)(const wire::AnyFields& header) noexcept = nullptr;
  /// An absent value leaves it open. Octets are borrowed by the header. Nothing if it was set.
  std::optional<FieldError> (*set)(wire::AnyFields& header, const Value& value) noexcept = nullptr;
};

/// What headers of one kind look like. Valid for ever; several threads at once.
struct FieldsFormat {
  /// "IPv4", "VLAN", "RouterAdvertisement".
  std::string_view name;
  /// What the header is and where it is defined.
  std::string_view title;
  /// In the order of the header.
  std::span<const SettableField> fields;
  /// A header whose fields are all as they are when nothing is said.
  wire::AnyFields defaults;

  /// By its name or its short name; null if there is none.
  [[nodiscard]] WEIR_API const SettableField* find(std::string_view field) const noexcept;
};

/// All there are.
[[nodiscard]] WEIR_API std::span<const FieldsFormat> fields_formats();
/// That of a header. Null only where its Fields cannot be set by name; all of AnyFields can.
[[nodiscard]] WEIR_API const FieldsFormat* format_of(const wire::AnyFields& header);

/// The value of a field by its name; see SettableField::read.
[[nodiscard]] WEIR_API std::expected<Value, FieldError> value_of(const wire::AnyFields& header,
                                                                 std::string_view field);
/// Sets a field by its name; see SettableField::set.
[[nodiscard]] WEIR_API std::expected<void, FieldError> set(wire::AnyFields& header,
                                                           std::string_view field,
                                                           const Value& value);

}  // namespace weir::record
