// A flow of FParser, and the walk through its packets.
#include "fparser/flow.h"

#include <pybind11/stl.h>

#include <memory>
#include <string>
#include <vector>

#include "bindings.h"
#include "weir/compat/fparser.h"

namespace py = pybind11;

namespace weir::python {
namespace {

namespace published = compat::fparser;
using published::Flow;

py::object id_of(const Flow& flow) {
  const published::FlowId id = flow.get_id();
  return named("FlowId", id.src, id.sport, id.dest, id.dport, id.type);
}

py::object info_of(const Flow& flow) {
  const published::FlowInfo info = flow.get_info();
  return named("FlowInfo", info.size_pkts, info.size_bytes, info.pps, info.Bps, info.first_rx,
               info.last_rx);
}

/// Of a tuple of each run.
py::tuple tuples_of(const std::vector<published::EncodedRun>& runs) {
  py::tuple tuples{runs.size()};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    tuples[i] = py::make_tuple(runs[i].value, runs[i].increment, runs[i].count);
  }
  return tuples;
}

std::string repr_of(const Flow& flow) {
  const published::FlowId id = flow.get_id();
  const bool is_tcp = id.type == published::FLOW_TYPE_TCP;
  return std::string{"<fparser.Flow "} + (is_tcp ? "TCP " : "UDP ") + id.src + " " +
         std::to_string(id.sport) + " > " + id.dest + " " + std::to_string(id.dport) + ", " +
         std::to_string(flow.get_info().size_pkts) + " packets>";
}

}  // namespace

void bind_fparser_flow(py::module_& module) {
  using namespace py::literals;
  if (!add_flow_walk(module.ptr())) throw py::error_already_set{};
  py::class_<Flow, std::shared_ptr<Flow>>(
      module, "Flow",
      "A flow and its packets as they were when it was handed out, or when it ended. len() is how "
      "many packets are kept. To iterate yields them as tuples: time in microseconds since 1970, "
      "IP id, TTL and IP length, of TCP also flags, sequence and acknowledgment number, window.")
      .def("get_id", id_of, "get_id(self)\n--\n\nIts ends and its type: a FlowId.")
      .def("get_info", info_of,
           "get_info(self)\n--\n\nIts packets, bytes, rates and times: a FlowInfo.")
      .def("get_encodings", &Flow::get_encodings,
           "get_encodings(self)\n--\n\nOf each field the runs the package would make of it, and "
           "the values behind the first of them: a dict.")
      .def(
          "get_id_encoded", [](const Flow& self) { return tuples_of(self.get_id_encoded()); },
          "get_id_encoded(self)\n--\n\nThe runs of the IP ids: (value, increment, values behind "
          "the first).")
      .def(
          "get_ttl_encoded", [](const Flow& self) { return tuples_of(self.get_ttl_encoded()); },
          "get_ttl_encoded(self)\n--\n\nThe runs of the TTLs: (value, increment, values behind "
          "the first).")
      .def("__repr__", repr_of, "__repr__(self)\n--\n\nIts ends, and how many packets.")
      .def(
          "__copy__", [](const py::object& self) { return self; },
          "__copy__(self)\n--\n\nThis one: it does not change.")
      .def(
          "__deepcopy__", [](const py::object& self, const py::object&) { return self; }, "memo"_a,
          "__deepcopy__(self, memo)\n--\n\nThis one: it does not change.")
      .def("__len__", &Flow::size, "__len__(self)\n--\n\nPackets that are kept.")
      .def(
          "__bool__", [](const Flow&) { return true; },
          "__bool__(self)\n--\n\nTrue, also where no packets are kept.")
      .def(
          "__iter__",
          [](std::shared_ptr<Flow> self) { return checked(new_flow_walk(std::move(self))); },
          "__iter__(self)\n--\n\nAnother walk through its packets.");
}

}  // namespace weir::python
