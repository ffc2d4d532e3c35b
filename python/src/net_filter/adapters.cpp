// The adapters of NetFilter: get_adapter_NAME(index), and set_adapter_NAME(index, value).
#include <limits>

#include "net_filter/arguments.h"
#include "net_filter/bind_net_filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using N = compat::NetFilter;

constexpr const char* index_name = "adapter_index";

template <auto member>
void bind_getter(NetFilterClass& type, const std::string& name, const char* doc) {
  const std::string full = "get_adapter_" + name;
  type.def(
      full.c_str(),
      [](FilterCore& self, const py::object& adapter_index) {
        const int index = whole_or(adapter_index, index_name, -1);
        return shown(self.ask([&](N& filter) { return (filter.*member)(index); }));
      },
      py::arg(index_name),
      signed_doc(full, index_name, std::string{doc} + " Of an adapter, counted from 0.").c_str());
}

template <auto member, auto read>
void bind_setter(NetFilterClass& type, const std::string& name, const char* doc) {
  const std::string full = "set_adapter_" + name;
  type.def(
      full.c_str(),
      [](FilterCore& self, const py::object& adapter_index, const py::object& value) {
        const int index = whole_or(adapter_index, index_name, -1);
        const auto set = read(value);
        self.ask([&](N& filter) { (filter.*member)(index, set); });
      },
      py::arg(index_name), py::arg("value"),
      signed_doc(full, std::string{index_name} + ", value",
                 std::string{doc} + " Raises NetFilterError: 87 out of range, 1230 while active.")
          .c_str());
}

/// What has more than 32 bits is out of every range.
int number(const py::object& value) {
  return whole_or(value, "value", std::numeric_limits<int>::min());
}
bool boolean(const py::object& value) { return flag(value, "value"); }

template <auto get, auto set>
void bind_number(NetFilterClass& type, const char* name, const char* doc) {
  bind_getter<get>(type, name, doc);
  bind_setter<set, number>(type, name, doc);
}

template <auto get, auto set>
void bind_flag(NetFilterClass& type, const char* name, const char* doc) {
  bind_getter<get>(type, name, doc);
  bind_setter<set, boolean>(type, name, doc);
}

}  // namespace

void bind_net_filter_adapters(NetFilterClass& type) {
  type.def(
          "list_adapters",
          [](FilterCore& self) { self.ask([](N& filter) { filter.list_adapters(); }); },
          "list_adapters(self)\n--\n\nFinds the adapters. Raises NetFilterError: 21.")
      .def("get_adapter_count", getter<&N::get_adapter_count>(),
           "get_adapter_count(self)\n--\n\nAdapters that list_adapters() has found.")
      .def_property_readonly("adapter_count", getter<&N::get_adapter_count>(),
                             "Adapters that list_adapters() has found.");
  bind_number<&N::get_adapter_buffer_size, &N::set_adapter_buffer_size>(
      type, "buffer_size", "KB of a capture library's buffer; stored only.");
  bind_flag<&N::get_adapter_collect_statistics, &N::set_adapter_collect_statistics>(
      type, "collect_statistics", "Whether on_statistics tells of it in omStat.");
  bind_getter<&N::get_adapter_description>(type, "description", "Its description.");
  bind_getter<&N::get_adapter_friendly_name>(type, "friendly_name", "Its alias, or its name.");
  bind_getter<&N::get_adapter_id>(type, "id", "The number that all else knows it by: its ifindex.");
  bind_getter<&N::get_adapter_interface_type>(type, "interface_type", "Its IANA ifType.");
  bind_getter<&N::get_adapter_mac_address>(type, "mac_address",
                                           "Its MAC address, as 02-00-00-00-00-01; or empty.");
  bind_number<&N::get_adapter_max_packet_bytes, &N::set_adapter_max_packet_bytes>(
      type, "max_packet_bytes", "Bytes of a packet that events show; 0 is 262,144.");
  bind_getter<&N::get_adapter_name>(type, "name", "Its name.");
  bind_number<&N::get_adapter_packet_timeout, &N::set_adapter_packet_timeout>(
      type, "packet_timeout", "Milliseconds; stored only.");
  bind_flag<&N::get_adapter_promiscuous_mode, &N::set_adapter_promiscuous_mode>(
      type, "promiscuous_mode", "Whether it also takes what is for others.");
  bind_flag<&N::get_adapter_wi_fi_monitor_mode, &N::set_adapter_wi_fi_monitor_mode>(
      type, "wi_fi_monitor_mode", "Stored only.");
  bind_getter<&N::get_adapter_wi_fi_monitor_mode_supported>(type, "wi_fi_monitor_mode_supported",
                                                            "Whether it has monitor mode.");
}

}  // namespace weir::python
