// What makes the types of packet classes.
#pragma once

#include <vector>

#include "inetpkt/pkt_object.h"

namespace weir::python {

/// The slots that all of them have.
[[nodiscard]] std::vector<PyType_Slot> object_slots() noexcept;
/// How a field, and what follows the header, is got and set.
[[nodiscard]] PyGetSetDef field_property(const steel::Field& field, const char* meaning) noexcept;
[[nodiscard]] PyGetSetDef payload_property(const steel::LayerClass& layer) noexcept;

}  // namespace weir::python
