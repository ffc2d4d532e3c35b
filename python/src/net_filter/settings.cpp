// NetFilter's plain properties, each with get_NAME() and set_NAME(value), and config().
#include <limits>

#include "net_filter/arguments.h"
#include "net_filter/bind_net_filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using N = compat::NetFilter;

template <class Get>
void bind_read_only(NetFilterClass& type, const std::string& name, Get get, const char* doc) {
  type.def(("get_" + name).c_str(), get, signed_doc("get_" + name, "", doc).c_str())
      .def_property_readonly(name.c_str(), get, doc);
}

template <class Get, class Set>
void bind_property(NetFilterClass& type, const std::string& name, Get get, Set set,
                   const char* doc) {
  type.def(("get_" + name).c_str(), get, signed_doc("get_" + name, "", "See " + name + ".").c_str())
      .def(("set_" + name).c_str(), set, py::arg("value"),
           signed_doc("set_" + name, "value", "See " + name + ".").c_str())
      .def_property(name.c_str(), get, set, doc);
}

/// A property of two values: what has more than 32 bits is none of them.
template <auto member>
auto choice_setter() {
  return [](FilterCore& self, const py::object& value) {
    const int choice = whole_or(value, "value", std::numeric_limits<int>::min());
    self.ask([&](N& filter) { (filter.*member)(choice); });
  };
}

void set_altitude(FilterCore& self, const py::object& value) {
  const int altitude = whole(value, "altitude");
  self.ask_at_rest([&](N& filter) { filter.set_altitude(altitude); });
}

void set_tag(FilterCore& self, const py::object& value) {
  const py::object number = checked(whole_number(value.ptr(), "tag").release());
  int overflow = 0;
  const long long tag = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0) {
    throw compat::NetFilterError{N::ERROR_INVALID_PARAMETER, "tag: a number of 64 bits"};
  }
  self.ask([&](N& filter) { filter.set_tag(tag); });
}

}  // namespace

void bind_net_filter_settings(NetFilterClass& type) {
  bind_read_only(
      type, "active", [](FilterCore& self) { return self.is_active(); },
      "Whether it filters: from start_filter() to stop_filter().");
  bind_property(type, "altitude", getter<&N::get_altitude>(), &set_altitude,
                "Packets that leave pass filters from the highest to the lowest. Of the "
                "installation, and kept. Raises NetFilterError: 21, 1230, 1314.");
  bind_property(type, "operation_mode", getter<&N::get_operation_mode>(),
                choice_setter<&N::set_operation_mode>(),
                "omCapture: packets are told of. omStat: on_statistics once a second, and no "
                "packets; rules that drop do so. Raises NetFilterError: 87.");
  bind_property(type, "serialize_events", getter<&N::get_serialize_events>(),
                choice_setter<&N::set_serialize_events>(),
                "seOnMultipleThreads or seOnOneWorkerThread. Raises NetFilterError: 87, 1230, and "
                "1131 in handlers.");
  bind_property(type, "tag", getter<&N::get_tag>(), &set_tag,
                "A number for whatever the program likes, 64 bits; NetFilterError 87 beyond.");
  type.def(
      "config",
      [](FilterCore& self, const py::object& configuration_string) {
        const std::string text = words(configuration_string, "configuration_string");
        return shown(self.ask([&](N& filter) { return filter.config(text); }));
      },
      py::arg("configuration_string"),
      "config(self, configuration_string)\n--\n\nNAME=VALUE sets and NAME reads a setting; the "
      "value either way. Raises NetFilterError: 87, and what the setting asks for.");
}

}  // namespace weir::python
