// weir.insert_incoming().
#include "weir/inject/incoming.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>

#include "bindings.h"
#include "live/frames.h"
#include "live/interruption.h"
#include "object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

inject::Sent insert_incoming(const std::string& adapter, py::handle given) {
  std::optional<inject::Incoming> incoming;
  {
    const WithoutGil without;
    incoming.emplace(adapter, inject::IncomingOptions{.stop = Interruption{}});
  }
  const Frames frames{given, incoming->link_type()};
  inject::Sent sent;
  {
    const WithoutGil without;
    sent = incoming->insert(frames.packets());
    incoming.reset();
  }
  if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
  return sent;
}

}  // namespace

void bind_incoming(py::module_& module) {
  module.def("insert_incoming", &insert_incoming, py::arg("adapter"), py::arg("frame"),
             "insert_incoming(adapter, frame)\n--\n\nSee weir.insert_incoming().");
}

}  // namespace weir::python
