// weir.Interface: what a capture says of where its packets were taken.
#include "bindings.h"
#include "object.h"
#include "weir/source.h"

namespace py = pybind11;

namespace weir::python {
namespace {

/// None where nothing is said.
template <std::string Interface::* member>
py::object said(const Interface& self) {
  return (self.*member).empty() ? py::none() : checked(text(self.*member));
}

}  // namespace

void bind_interfaces(py::module_& module) {
  py::class_<Interface>(module, "Interface",
                        "An interface of a capture, as its file or adapter describes it; what is "
                        "not said is None.",
                        py::is_final())
      .def_property_readonly("name", said<&Interface::name>, "As the capturing machine named it.")
      .def_property_readonly("description", said<&Interface::description>, "In words.")
      .def_property_readonly("comment", said<&Interface::comment>, "By people.")
      .def_property_readonly("filter", said<&Interface::filter>, "What was captured by.")
      .def_property_readonly("operating_system", said<&Interface::operating_system>,
                             "Of the capturing machine.")
      .def_property_readonly("hardware", said<&Interface::hardware>, "What it is made of.")
      .def_property_readonly(
          "link_type", [](const Interface& self) { return std::to_underlying(self.link_type); },
          "LINKTYPE_ number of its packets.")
      .def_readonly("snaplen", &Interface::snapshot_length,
                    "Bytes kept of each packet; 0 is no limit.")
      .def_readonly("snapshot_length", &Interface::snapshot_length, "The same.")
      .def_readonly("ticks_per_second", &Interface::ticks_per_second, "Of its time stamps.")
      .def_readonly("time_offset", &Interface::time_offset,
                    "Seconds added to every time stamp, already applied.")
      .def_readonly("fcs_length", &Interface::fcs_length,
                    "Bytes of frame check sequence at the end of every packet; 0 is none, or not "
                    "said.")
      .def(
          "__repr__",
          [](const Interface& self) {
            return py::str("<weir.Interface {}: link type {}>")
                .format(said<&Interface::name>(self), std::to_underlying(self.link_type));
          },
          "__repr__(self, /)\n--\n\nIts name and link type.");
}

}  // namespace weir::python
