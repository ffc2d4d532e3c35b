// weir.IpAddress and weir.MacAddress: addresses as packets have them.
#pragma once

#include <optional>

#include "object.h"
#include "weir/address.h"

namespace weir::python {

/// New references, or null with an exception set. An IpAddress of version 0 is None.
[[nodiscard]] PyObject* address_object(const IpAddress& address) noexcept;
[[nodiscard]] PyObject* address_object(const MacAddress& address) noexcept;

/// What an object stands for: one of ours, text, octets, or what has `packed` octets as the objects
/// of ipaddress have. Nothing, without an exception, for anything else.
[[nodiscard]] std::optional<IpAddress> ip_address_of(PyObject* object) noexcept;
[[nodiscard]] std::optional<MacAddress> mac_address_of(PyObject* object) noexcept;

/// Whether it is one of ours, which shows itself as text and has its octets in `packed`.
[[nodiscard]] bool is_address_object(PyObject* object) noexcept;

/// Adds both types to the module; false with an exception set.
[[nodiscard]] bool add_address_types(PyObject* module) noexcept;

}  // namespace weir::python
