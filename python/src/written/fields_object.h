// Headers to be written as Python objects, one type a protocol; all attributes come from the tables
// of weir/record/header_fields.h.
#pragma once

#include "object.h"
#include "weir/record/header_fields.h"
#include "weir/wire/any_fields.h"

namespace weir::python {

/// A header to be written. What it borrows, it owns as well.
struct FieldsObject {
  PyObject_HEAD wire::AnyFields fields;
  const record::FieldsFormat* format;
  /// Bytes objects by the index of the field that borrows from them; null as long as none does.
  PyObject* held;
};

/// A new reference to a header with octets of its own, whatever `fields` borrows; or null with an
/// exception set: TypeError where there is no type for it.
[[nodiscard]] PyObject* fields_object(const wire::AnyFields& fields) noexcept;
/// The header that an object is; null, without an exception, if it is none.
[[nodiscard]] FieldsObject* fields_of(PyObject* object) noexcept;

/// weir.Fields and a type for each format to `module`, which lists them in __all__. False with an
/// exception set.
[[nodiscard]] bool add_fields_types(PyObject* module) noexcept;

}  // namespace weir::python
