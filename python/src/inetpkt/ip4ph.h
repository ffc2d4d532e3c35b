// Ip4Ph of steelscript.packets in Python.
#pragma once

#include <optional>

#include "object.h"
#include "weir/compat/steelscript/field.h"

namespace weir::python {

/// A new Ip4Ph.
[[nodiscard]] PyObject* ip4ph_object(const compat::steelscript::Ip4Ph& header) noexcept;
/// Takes one; false with an exception set.
[[nodiscard]] bool take_ip4ph(PyObject* from,
                              std::optional<compat::steelscript::Ip4Ph>& to) noexcept;

}  // namespace weir::python
