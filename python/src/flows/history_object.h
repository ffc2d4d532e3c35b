// weir.FlowHistory: the packets kept of a flow, and weir.HistoryPacket, one of them.
#pragma once

#include "object.h"
#include "weir/flow/history.h"
#include "weir/record/flow_row.h"

namespace weir::python {

/// A new reference, or null with an exception set.
[[nodiscard]] PyObject* history_object(const record::FlowRow& flow,
                                       const flow::FlowHistory& history) noexcept;

/// False with an exception set.
[[nodiscard]] bool add_history_types(PyObject* module) noexcept;

}  // namespace weir::python
