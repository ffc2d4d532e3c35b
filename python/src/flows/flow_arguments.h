// What calls about flows are given: protocols, ends, orders, timeouts.
#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <vector>

#include "weir/flow/tracker.h"

namespace weir::python {

/// From an int, or a word such as "tcp". Throws Error, TypeError.
[[nodiscard]] std::uint8_t protocol_of(pybind11::handle given);
/// From (address, port), or an address alone, which says no port. Throws Error, TypeError.
[[nodiscard]] flow::Conversation::End end_of(pybind11::handle given);
/// The two ends of one flow.
struct FlowEnds {
  flow::Endpoint one;
  flow::Endpoint other;
};
/// Without a port only where the protocol has none. Throws Error, TypeError.
[[nodiscard]] FlowEnds ends_of(std::uint8_t protocol, pybind11::handle one, pybind11::handle other);
/// From a sequence of ints. Throws Error, TypeError.
[[nodiscard]] std::vector<std::uint16_t> vlans_of(pybind11::handle given);
/// From an int from 0 on. Throws Error, TypeError.
[[nodiscard]] std::size_t count_of(pybind11::handle given);
/// From two ends; none from None. Throws Error, TypeError.
[[nodiscard]] std::optional<flow::Conversation> conversation_of(pybind11::handle given);
/// "packets", "bytes", "packet_rate", "byte_rate", "start". Throws Error, TypeError.
[[nodiscard]] flow::Order order_of(pybind11::handle given);
/// Throws Error for what is no number of seconds from 0 on.
[[nodiscard]] Duration timeout_of(const char* name, double seconds);

}  // namespace weir::python
