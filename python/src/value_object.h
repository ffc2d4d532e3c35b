// The values of records as Python objects.
#pragma once

#include "object.h"
#include "weir/packet.h"
#include "weir/record/value.h"

namespace weir::python {

/// A new reference, or null with an exception set: int, float, bool, str, bytes, an address, an
/// aware datetime; None where the field does not apply.
[[nodiscard]] PyObject* value_object(const record::Value& value) noexcept;

/// An aware datetime in UTC, rounded down to microseconds; null with OverflowError outside of the
/// years 1 to 9999.
[[nodiscard]] PyObject* time_object(Timestamp time) noexcept;

/// A naive datetime in the local time of the machine (TZ), as datetime.now() gives.
[[nodiscard]] PyObject* local_time_object(Timestamp time) noexcept;

/// Builds lists and dicts of what a field of several values is made of. Nothing throws: after a
/// failure take() is null with an exception set.
class ValueBuilder final : public record::ValueVisitor {
 public:
  void begin_array() override;
  void end_array() override;
  void begin_object() override;
  void end_object() override;
  void key(std::string_view name) override;
  void value(const record::Value& value) override;

  /// A new reference to what was built; None if that is nothing.
  [[nodiscard]] PyObject* take() noexcept;

 private:
  static constexpr std::size_t max_depth = 8;

  void begin(PyObject* container) noexcept;
  void end() noexcept;
  void put(Ref object) noexcept;

  Ref containers_[max_depth];
  Ref keys_[max_depth];
  std::size_t depth_ = 0;
  Ref result_;
  bool failed_ = false;
};

/// Once, before anything else here. False with an exception set.
[[nodiscard]] bool import_datetime() noexcept;

}  // namespace weir::python
