// weir.Flow: a flow that has ended, with the fields of docs/json.md as attributes.
#pragma once

#include "object.h"
#include "weir/record/flow_row.h"

namespace weir::python {

/// A new reference, or null with an exception set.
[[nodiscard]] PyObject* flow_object(const record::FlowRow& row) noexcept;

/// False with an exception set.
[[nodiscard]] bool add_flow_type(PyObject* module) noexcept;

}  // namespace weir::python
