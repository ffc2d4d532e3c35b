// Headers of packets as Python objects, one type a protocol; all attributes come from the table of
// fields behind docs/json.md.
#pragma once

#include "object.h"
#include "packet_object.h"
#include "weir/record/header_row.h"
#include "weir/wire/protocol.h"

namespace weir::python {

/// A new reference to the header, which keeps its packet; or null with an exception set.
[[nodiscard]] PyObject* header_object(PacketObject& packet, const wire::Layers& layers,
                                      const wire::Layer& layer) noexcept;

/// weir.Header to `module`, and to `headers` a type for each format. False with an exception set.
[[nodiscard]] bool add_header_types(PyObject* module, PyObject* headers) noexcept;

}  // namespace weir::python
