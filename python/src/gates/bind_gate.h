// What the parts of weir._core.gate bind.
#pragma once

#include <pybind11/pybind11.h>

namespace weir::python {

void bind_gate(pybind11::module_& module);
void bind_gate_counters(pybind11::module_& module);
void bind_gate_rules(pybind11::module_& module);

}  // namespace weir::python
