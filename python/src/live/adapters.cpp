// weir.adapters(): what the kernel says of each adapter.
#include <pybind11/stl.h>

#include "address_object.h"
#include "bindings.h"
#include "object.h"
#include "weir/capture/adapter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using capture::Adapter;
using capture::AdapterAddress;

py::list addresses_of(const Adapter& adapter) {
  py::list all;
  for (const AdapterAddress& one : adapter.addresses) {
    all.append(py::make_tuple(checked(address_object(one.address)), one.prefix_length));
  }
  return all;
}

/// Whatever octets an alias has.
template <std::string Adapter::* field>
py::object shown(const Adapter& self) {
  return checked(text(self.*field));
}

}  // namespace

void bind_adapters(py::module_& module) {
  py::class_<Adapter>(module, "Adapter", "A network adapter, as the kernel describes it.")
      .def_readonly("id", &Adapter::id, "Its index; 0 is the pseudo adapter \"any\".")
      .def_property_readonly("name", shown<&Adapter::name>, "As the kernel calls it: \"eth0\".")
      .def_property_readonly("description", shown<&Adapter::description>,
                             "Driver and device, or its kind.")
      .def_property_readonly("friendly_name", shown<&Adapter::friendly_name>,
                             "Its alias, else its first alternative name.")
      .def_property_readonly(
          "link_type", [](const Adapter& self) { return std::to_underlying(self.link_type); },
          "LINKTYPE_ number of its packets.")
      .def_property_readonly("mac", shown<&Adapter::mac>, "With hyphens; empty if it has none.")
      .def_property_readonly("addresses", addresses_of, "Pairs of address and prefix length.")
      .def_readonly("mtu", &Adapter::mtu, "Bytes.")
      .def_property_readonly(
          "is_up", [](const Adapter& self) { return capture::is_up(self); },
          "Whether packets can pass.")
      .def_property_readonly(
          "is_loopback",
          [](const Adapter& self) { return has(self.flags, capture::AdapterFlags::loopback); },
          "Whether it is the host's own.")
      .def_readonly("carrier", &Adapter::carrier, "None where the kernel does not say.")
      .def_readonly("speed", &Adapter::speed, "Megabits per second, or None.")
      .def(
          "__repr__",
          [](const Adapter& self) {
            return py::str("<weir.Adapter {}: {}>")
                .format(shown<&Adapter::name>(self), shown<&Adapter::description>(self));
          },
          "__repr__(self, /)\n--\n\nIts name and description.");
  module.def("adapters", &capture::adapters,
             "adapters()\n--\n\nEvery adapter of this network namespace by its index, then "
             "\"any\". Needs no rights.");
}

}  // namespace weir::python
