// weir.Flow: a flow with the fields of docs/json.md as attributes, and its packets where kept.
#pragma once

#include <optional>

#include "object.h"
#include "weir/flow/history.h"
#include "weir/record/flow_row.h"

namespace weir::python {

/// A flow as it was told.
struct ToldFlow {
  record::FlowRow row;
  bool has_ended = true;
  std::optional<flow::FlowHistory> history{};
};

/// A new reference, or null with an exception set.
[[nodiscard]] PyObject* flow_object(ToldFlow told) noexcept;

/// False with an exception set.
[[nodiscard]] bool add_flow_type(PyObject* module) noexcept;

}  // namespace weir::python
