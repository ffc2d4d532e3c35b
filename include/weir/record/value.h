// What a field of a record holds: one typed value, or several, told one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/bytes.h"
#include "weir/packet.h"

namespace weir::record {

/// The value of a field of one value. Text and octets are borrowed from what the record is about. A
/// value: const calls from several threads at once.
class Value {
 public:
  using Content = std::variant<std::monostate, bool, std::uint64_t, std::int64_t, double,
                               std::string_view, IpAddress, MacAddress, Bytes, Timestamp>;

  /// The field does not apply.
  constexpr Value() noexcept = default;
  /// Of integers, numbers, booleans, enumerators (as their numbers), text, addresses, octets, time
  /// stamps; an optional without one is absent.
  template <class T>
  constexpr Value(const T& value) noexcept : content_{content_of(value)} {}  // NOLINT: meant to

  [[nodiscard]] constexpr bool has_value() const noexcept { return content_.index() != 0; }
  /// For std::visit; std::monostate where the field does not apply.
  [[nodiscard]] constexpr const Content& content() const noexcept { return content_; }
  [[nodiscard]] WEIR_API bool operator==(const Value& other) const noexcept;

 private:
  template <class T>
  static constexpr Content content_of(const T& value) noexcept {
    if constexpr (requires {
                    value.has_value();
                    *value;
                  }) {
      return value ? content_of(*value) : Content{};
    } else if constexpr (std::is_enum_v<T>) {
      return content_of(std::to_underlying(value));
    } else if constexpr (std::is_same_v<T, bool> || std::is_floating_point_v<T>) {
      return value;
    } else if constexpr (std::is_unsigned_v<T>) {
      return std::uint64_t{value};
    } else if constexpr (std::is_signed_v<T>) {
      return std::int64_t{value};
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      return std::string_view{value};
    } else if constexpr (std::is_convertible_v<T, IpAddress>) {
      return IpAddress{value};
    } else {
      return Content{value};
    }
  }

  Content content_{};
};

/// Takes what a field of several values is made of: of kind `integers`, `texts`, `addresses`,
/// `object` or `objects`. Values are borrowed for the call. One thread at a time.
class WEIR_API ValueVisitor {
 public:
  ValueVisitor() = default;
  ValueVisitor(const ValueVisitor&) = delete;
  ValueVisitor& operator=(const ValueVisitor&) = delete;
  virtual ~ValueVisitor();

  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_object() = 0;
  virtual void end_object() = 0;
  /// Of an object, before each of its values.
  virtual void key(std::string_view name) = 0;
  /// Never absent.
  virtual void value(const Value& value) = 0;

  void member(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }
};

}  // namespace weir::record
