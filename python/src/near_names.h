// What a misspelt name of a protocol or field was meant to be.
#pragma once

#include <string>
#include <vector>

#include "object.h"

namespace weir::python {

/// PyObject_GenericGetAttr, but where there is no such attribute the AttributeError tells the one
/// of `known` that is near.
[[nodiscard]] PyObject* attribute_or_near(PyObject* self, PyObject* name,
                                          const std::vector<std::string>& known) noexcept;
/// Sets KeyError: "there is no protocol 'dsn': did you mean dns?". `kind` is what `key` names,
/// `others` where all are listed.
void raise_unknown_key(const char* kind, PyObject* key, const std::vector<std::string>& known,
                       const char* others) noexcept;

}  // namespace weir::python
