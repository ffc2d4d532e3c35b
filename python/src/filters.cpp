// weir.Filter and what explains its decisions.
#include "filters.h"

#include <pybind11/stl.h>

#include "bindings.h"
#include "packet_object.h"
#include "weir/filter/filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using filter::Explanation;
using filter::Filter;
using filter::Term;

const Packet& packet_in(py::handle object) {
  const PacketObject* const packet = packet_of(object.ptr());
  if (packet == nullptr) throw py::error_already_set{};
  return packet->packet;
}

/// Throws Error (invalid_argument) for half a character, which UTF-8 has no place for.
std::string utf8_of(py::handle text) {
  Py_ssize_t size = 0;
  const char* const octets = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (octets != nullptr) return {octets, static_cast<std::size_t>(size)};
  PyErr_Clear();
  throw Error{ErrorCode::invalid_argument, "a filter is text that can be encoded as UTF-8"};
}

std::string explained(const Explanation& explanation) {
  std::string lines = explanation.matches ? "matches" : "does not match";
  for (std::size_t i = 0; i < explanation.terms.size(); ++i) {
    const Term& term = explanation.terms[i];
    lines += "\n  " + term.text + ": " + name(term.value);
    if (explanation.decided == i) lines += " (decides)";
  }
  return lines;
}

}  // namespace

std::optional<Filter> filter_in(py::handle given) {
  if (given.is_none()) return std::nullopt;
  if (py::isinstance<py::str>(given)) return Filter{utf8_of(given)};
  if (py::isinstance<Filter>(given)) return given.cast<const Filter&>();
  throw py::type_error(std::string{"a filter is text or a weir.Filter, not "} +
                       Py_TYPE(given.ptr())->tp_name);
}

void bind_filters(py::module_& module) {
  py::class_<Term>(module, "Term", "One term of a filter, and what became of it.")
      .def_readonly("position", &Term::position, "Where it stands in the filter.")
      .def_readonly("text", &Term::text, "What it means by itself.")
      .def_property_readonly(
          "value", [](const Term& term) { return name(term.value); },
          "\"matched\", \"not matched\", \"not evaluated\" or \"refused\".");
  py::class_<Explanation>(module, "Explanation", "Why a filter matches a packet, or does not.")
      .def_readonly("matches", &Explanation::matches, "Whether the filter lets the packet through.")
      .def_readonly("terms", &Explanation::terms, "In the order of the text.")
      .def_readonly("decided", &Explanation::decided,
                    "Index of the term that decided; None where no single one did.")
      .def(
          "__bool__", [](const Explanation& self) { return self.matches; },
          "__bool__(self, /)\n--\n\nWhether the filter matches.")
      .def("__str__", explained, "__str__(self, /)\n--\n\nThe answer, and a line for each term.");
  py::class_<Filter>(module, "Filter",
                     "Filter(text, names=False)\n--\n\nA filter in the language of tcpdump, "
                     "pcap-filter(7), for packets of every "
                     "link type.\nMay be used by several threads at once.")
      .def(py::init([](const py::object& given, bool names) {
             if (!py::isinstance<py::str>(given)) {
               throw py::type_error(std::string{"the text of a filter is str, not "} +
                                    Py_TYPE(given.ptr())->tp_name);
             }
             const std::string text = utf8_of(given);
             const WithoutGil without;  // names are looked up
             return Filter{text, {.allow_names = names}};
           }),
           py::arg("text"), py::arg("names") = false,
           "__init__(self, text, names=False)\n--\n\nRaises FilterError for what is wrong for "
           "every link type. With `names`, names of hosts "
           "are looked up.")
      .def_property_readonly("text", &Filter::text, "As it was given.")
      .def(
          "matches",
          [](const Filter& self, py::handle packet) { return self.matches(packet_in(packet)); },
          py::arg("packet"), "matches(self, packet)\n--\n\nWhether it lets the packet through.")
      .def(
          "why", [](const Filter& self, py::handle packet) { return self.why(packet_in(packet)); },
          py::arg("packet"),
          "why(self, packet)\n--\n\nWhich of its terms decided about the packet.")
      .def_property_readonly("refused", &Filter::refused,
                             "Packets refused as the filter makes no sense for their link type.")
      .def(
          "__repr__",
          [](const Filter& self) { return py::str("weir.Filter({!r})").format(self.text()); },
          "__repr__(self, /)\n--\n\nThe call that makes it.");
}

}  // namespace weir::python
