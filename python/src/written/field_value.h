// What Python gives for the fields of headers, as values.
#pragma once

#include "object.h"
#include "weir/record/header_fields.h"

namespace weir::python {

/// A value of a field, and the bytes object that its octets are borrowed from.
struct FieldValue {
  record::Value value{};
  Ref owner{};
};

/// What `given` is as the value of a field: None, or null, leaves it open; integers from 0 on have
/// no sign, and others are refused where the field has none below 0. False with TypeError or
/// ValueError that names the field: "IPv4.ttl: a whole number from 0 to 255, not '3'". Other code
/// may run meanwhile.
[[nodiscard]] bool field_value(const record::FieldsFormat& format,
                               const record::SettableField& field, PyObject* given,
                               FieldValue& to) noexcept;

/// Sets the exception for a value that the field refused.
void raise_refused(const record::FieldsFormat& format, const record::SettableField& field,
                   PyObject* given, record::FieldError error) noexcept;

/// A new reference to the value of a field, or null with an exception set; None while it is left
/// open.
[[nodiscard]] PyObject* field_object(const record::SettableField& field,
                                     const wire::AnyFields& header) noexcept;

}  // namespace weir::python
