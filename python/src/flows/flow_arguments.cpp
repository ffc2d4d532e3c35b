// Reads what calls about flows are given.
#include "flows/flow_arguments.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "address_object.h"
#include "weir/wire/ip_protocol.h"

namespace py = pybind11;

namespace weir::python {
namespace {

constexpr const char* mixed = "one end is IPv4 and the other IPv6, and no flow joins the two";

Error wrong(const std::string& what) { return {ErrorCode::invalid_argument, what}; }

std::string shown(py::handle given) { return py::str(given); }

std::int64_t whole(py::handle given, const char* name, std::int64_t most) {
  return py::cast<std::int64_t>(
      py::module_::import("weir._options").attr("whole")(name, given, 0, most));
}

IpAddress address_of(py::handle given) {
  const auto address = ip_address_of(given.ptr());
  if (!address) throw wrong("no IP address: " + shown(given));
  return *address;
}

}  // namespace

std::uint8_t protocol_of(py::handle given) {
  namespace numbers = wire::ip_protocol;
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 5> names{
      {{"tcp", numbers::tcp},
       {"udp", numbers::udp},
       {"icmp", numbers::icmp},
       {"icmpv6", numbers::icmpv6},
       {"sctp", numbers::sctp}}};
  if (!py::isinstance<py::str>(given)) {
    return static_cast<std::uint8_t>(whole(given, "protocol", 255));
  }
  const auto word = py::cast<std::string>(given);
  for (const auto& [name, number] : names) {
    if (name == word) return number;
  }
  throw wrong("a protocol is tcp, udp, icmp, icmpv6, sctp or its IANA number, not " + word);
}

flow::Conversation::End end_of(py::handle given) {
  if (!py::isinstance<py::tuple>(given)) return {address_of(given)};
  const auto pair = py::cast<py::tuple>(given);
  if (pair.size() != 2) {
    throw wrong("an end is an address, or (address, port), not " + shown(given));
  }
  const py::object port = pair[1];
  if (port.is_none()) return {address_of(pair[0])};
  return {address_of(pair[0]), static_cast<std::uint16_t>(whole(port, "port", 65535))};
}

FlowEnds ends_of(std::uint8_t protocol, py::handle one, py::handle other) {
  namespace numbers = wire::ip_protocol;
  const bool has_ports =
      protocol == numbers::tcp || protocol == numbers::udp || protocol == numbers::sctp;
  const auto endpoint = [has_ports](py::handle given) -> flow::Endpoint {
    const flow::Conversation::End end = end_of(given);
    if (has_ports && !end.port) {
      throw wrong("an end of a flow of TCP, UDP or SCTP is (address, port), not " + shown(given));
    }
    return {end.address, end.port.value_or(0)};
  };
  const FlowEnds ends{endpoint(one), endpoint(other)};
  if (ends.one.address.version() != ends.other.address.version()) throw wrong(mixed);
  return ends;
}

std::vector<std::uint16_t> vlans_of(py::handle given) {
  if (!py::isinstance<py::sequence>(given) || py::isinstance<py::str>(given)) {
    throw py::type_error(
        std::string{"vlans: VLAN identifiers, outer first, such as [10, 20], not "} +
        Py_TYPE(given.ptr())->tp_name);
  }
  std::vector<std::uint16_t> vlans;
  for (const py::handle vlan : given) {
    vlans.push_back(static_cast<std::uint16_t>(whole(vlan, "vlans", 4095)));
  }
  return vlans;
}

std::size_t count_of(py::handle given) {
  return static_cast<std::size_t>(whole(given, "count", std::numeric_limits<std::int64_t>::max()));
}

std::optional<flow::Conversation> conversation_of(py::handle given) {
  if (given.is_none()) return std::nullopt;
  if (!py::isinstance<py::sequence>(given) || py::isinstance<py::str>(given) ||
      py::len(given) != 2) {
    throw wrong("between: two ends, each an address or (address, port), not " + shown(given));
  }
  const auto ends = py::cast<py::sequence>(given);
  const flow::Conversation which{end_of(py::object{ends[0]}), end_of(py::object{ends[1]})};
  if (which.one.address.version() != which.other.address.version()) {
    throw wrong(std::string{"between: "} + mixed);
  }
  return which;
}

flow::Order order_of(py::handle given) {
  using flow::Order;
  constexpr std::array<std::pair<std::string_view, Order>, 5> orders{
      {{"packets", Order::packets},
       {"bytes", Order::bytes},
       {"packet_rate", Order::packet_rate},
       {"byte_rate", Order::byte_rate},
       {"start", Order::start}}};
  const auto word =
      py::cast<std::string>(py::module_::import("weir._options").attr("text")("order", given));
  for (const auto& [name, order] : orders) {
    if (name == word) return order;
  }
  throw wrong("flows are in the order of packets, bytes, packet_rate, byte_rate or start, not " +
              word);
}

Duration timeout_of(const char* name, double seconds) {
  constexpr double longest = 9e9;
  if (!(seconds >= 0)) throw wrong(std::string{name} + " is a number of seconds from 0 (none) on");
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>{std::min(seconds, longest)});
}

}  // namespace weir::python
