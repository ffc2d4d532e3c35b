// Flows of FParser in Python, and the tuples that are made of its values.
#pragma once

#include <pybind11/pybind11.h>

#include <utility>

#include "weir/compat/fparser.h"

namespace weir::python {

/// A tuple of that class of weir.compat.fparser.
template <class... Values>
pybind11::object named(const char* name, Values&&... values) {
  return pybind11::module_::import("weir.compat.fparser")
      .attr(name)(std::forward<Values>(values)...);
}

/// Adds the type of iterators.
[[nodiscard]] bool add_flow_walk(PyObject* module) noexcept;
/// A new walk through the packets of a flow, or null with an exception set.
[[nodiscard]] PyObject* new_flow_walk(compat::fparser::FlowPointer flow) noexcept;

void bind_fparser_flow(pybind11::module_& module);

}  // namespace weir::python
