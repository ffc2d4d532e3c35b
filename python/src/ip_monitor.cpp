// weir.compat.pcapfilter.IPMonitor: the C++ face, with Python's types in its events.
#include "weir/compat/ip_monitor.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings.h"
#include "value_object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using compat::IPMonitor;
using compat::IPMonitorErrorEventParams;
using compat::IPMonitorPacketEventParams;
using compat::IPMonitorStatisticsEventParams;

/// A handler has raised what is no Exception, such as KeyboardInterrupt: not for on_error.
struct Interrupted {
  py::error_already_set error;
};

py::object local_time(Timestamp time) { return checked(local_time_object(time)); }

/// A packet as its handler sees it: its bytes go when the handler returns.
struct PacketEvent {
  IPMonitorPacketEventParams params;
  py::object view = py::none();

  [[nodiscard]] py::object data() const {
    static const py::object pointer = py::module_::import("ctypes").attr("c_void_p");
    return pointer(reinterpret_cast<std::uintptr_t>(params.data));
  }
  py::object data_view() {
    if (view.is_none() && params.data != nullptr) {
      view = py::memoryview::from_memory(params.data, static_cast<py::ssize_t>(params.data_size));
    }
    return view;
  }
  void end() {
    if (!view.is_none()) view.attr("release")();
    params.data = nullptr;
    params.data_size = 0;
  }
};

/// IPMonitor whose handlers are Python's, as they were set.
class Monitor {
 public:
  Monitor() {
    monitor.on_packet = [this](const IPMonitorPacketEventParams& params) {
      const py::gil_scoped_acquire acquired;
      if (on_packet.is_none()) return;
      const py::object event = py::cast(PacketEvent{params});
      const Ending ending{event.cast<PacketEvent&>()};
      call(on_packet, event);
    };
    monitor.on_statistics = [this](const IPMonitorStatisticsEventParams& params) {
      const py::gil_scoped_acquire acquired;
      if (!on_statistics.is_none()) call(on_statistics, py::cast(params));
    };
  }

  void do_events() {
    if (on_error.is_none()) {
      monitor.on_error = nullptr;
    } else {
      monitor.on_error = [this](const IPMonitorErrorEventParams& params) {
        const py::gil_scoped_acquire acquired;
        if (!on_error.is_none()) call(on_error, py::cast(params));
      };
    }
    try {
      const py::gil_scoped_release released;
      monitor.do_events();
    } catch (Interrupted& interrupted) {
      interrupted.error.restore();
      throw py::error_already_set{};
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
  }

  void get_statistics(const py::list& received, const py::list& dropped,
                      const py::list& adapter_dropped) {
    std::int64_t counts[3]{};
    monitor.get_statistics(counts[0], counts[1], counts[2]);
    const py::list* const lists[] = {&received, &dropped, &adapter_dropped};
    for (int i = 0; i < 3; ++i) {
      if (lists[i]->attr("clear")().is_none()) lists[i]->attr("append")(counts[i]);
    }
  }

  IPMonitor monitor;
  py::object on_packet = py::none();
  py::object on_statistics = py::none();
  py::object on_error = py::none();

 private:
  struct Ending {
    PacketEvent& event;
    ~Ending() { event.end(); }
  };

  static void call(const py::object& handler, const py::object& event) {
    const py::object held = handler;  // it may be replaced by itself
    try {
      held(event);
    } catch (py::error_already_set& error) {
      if (error.matches(PyExc_Exception)) throw;
      throw Interrupted{std::move(error)};
    }
  }
};

void bind_events(py::module_& module) {
  py::class_<PacketEvent>(module, "IPMonitorPacketEventParams", "A captured packet.")
      .def_property_readonly(
          "time_stamp",
          [](const PacketEvent& event) { return local_time(event.params.time_stamp); },
          "When it was received: a naive datetime in local time.")
      .def_property_readonly(
          "time_stamp_ns",
          [](const PacketEvent& event) {
            return event.params.time_stamp.time_since_epoch().count();
          },
          "The same in nanoseconds since 1970-01-01 00:00 UTC.")
      .def_property_readonly(
          "packet_size", [](const PacketEvent& event) { return event.params.packet_size; },
          "Bytes on the wire.")
      .def_property_readonly("data", &PacketEvent::data,
                             "What was captured, a ctypes.c_void_p; valid in the handler.")
      .def_property_readonly(
          "data_size", [](const PacketEvent& event) { return event.params.data_size; },
          "Bytes captured.")
      .def_property_readonly("data_view", &PacketEvent::data_view,
                             "What was captured, a memoryview that ends with the handler.");
  py::class_<IPMonitorStatisticsEventParams>(module, "IPMonitorStatisticsEventParams",
                                             "What came since the last such event.")
      .def_property_readonly(
          "time_stamp",
          [](const IPMonitorStatisticsEventParams& event) { return local_time(event.time_stamp); },
          "When it was counted: a naive datetime in local time.")
      .def_property_readonly(
          "captured_packets",
          [](const IPMonitorStatisticsEventParams& event) { return event.captured_packets; },
          "Packets.")
      .def_property_readonly(
          "captured_bytes",
          [](const IPMonitorStatisticsEventParams& event) { return event.captured_bytes; },
          "On the wire.");
  py::class_<IPMonitorErrorEventParams>(module, "IPMonitorErrorEventParams",
                                        "What a handler has raised.")
      .def_property_readonly(
          "error_code", [](const IPMonitorErrorEventParams& event) { return event.error_code; },
          "As weir.Error.code; 0 for what is not weir's.")
      .def_property_readonly(
          "description", [](const IPMonitorErrorEventParams& event) { return event.description; },
          "What went wrong, in words.");
}

template <auto member, class... Arguments>
auto forward() {
  return [](Monitor& self, Arguments... arguments) {
    return (self.monitor.*member)(std::forward<Arguments>(arguments)...);
  };
}

}  // namespace

void bind_ip_monitor(py::module_& module) {
  bind_events(module);
  using M = IPMonitor;
  const auto get_active = forward<&M::get_active>();
  const auto get_count = forward<&M::get_adapter_count>();
  const auto get_direction = forward<&M::get_direction>();
  const auto set_direction = forward<&M::set_direction, int>();
  const auto get_filter = forward<&M::get_filter>();
  const auto set_filter = forward<&M::set_filter, const std::string&>();
  const auto get_mode = forward<&M::get_operation_mode>();
  const auto set_mode = forward<&M::set_operation_mode, int>();
  const auto get_tag = forward<&M::get_tag>();
  const auto set_tag = forward<&M::set_tag, std::int64_t>();
  py::class_<Monitor> type(
      module, "IPMonitor",
      "IPMonitor()\n--\n\nMonitors the packets of an adapter. One thread at a time.");
  type.def(py::init<>(), "__init__(self)\n--\n\nNothing is active.")
      .def("get_active", get_active, "get_active(self)\n--\n\nWhether it monitors.")
      .def_property_readonly("active", get_active, "Whether it monitors.")
      .def("get_adapter_count", get_count,
           "get_adapter_count(self)\n--\n\nAdapters that list_adapters() has found.")
      .def_property_readonly("adapter_count", get_count, "Adapters that list_adapters() has found.")
      .def("get_adapter_description", forward<&M::get_adapter_description, int>(),
           py::arg("adapter_index"),
           "get_adapter_description(self, adapter_index)\n--\n\nDescription of an adapter, counted "
           "from 0.")
      .def("get_adapter_name", forward<&M::get_adapter_name, int>(), py::arg("adapter_index"),
           "get_adapter_name(self, adapter_index)\n--\n\nName of an adapter, counted from 0.")
      .def("get_direction", get_direction, "get_direction(self)\n--\n\nSee direction.")
      .def("set_direction", set_direction, py::arg("value"),
           "set_direction(self, value)\n--\n\nSee direction.")
      .def_property("direction", get_direction, set_direction,
                    "Which packets are wanted: PACKET_DIRECTION_ANY, _INCOMING or _OUTGOING.")
      .def("get_filter", get_filter, "get_filter(self)\n--\n\nSee filter.")
      .def("set_filter", set_filter, py::arg("value"), "set_filter(self, value)\n--\n\nSee filter.")
      .def_property("filter", get_filter, set_filter,
                    "Which packets are wanted: pcap-filter(7); empty is all.")
      .def("get_operation_mode", get_mode, "get_operation_mode(self)\n--\n\nSee operation_mode.")
      .def("set_operation_mode", set_mode, py::arg("value"),
           "set_operation_mode(self, value)\n--\n\nSee operation_mode.")
      .def_property("operation_mode", get_mode, set_mode,
                    "PCAP_MODE_CAPT: packets; PCAP_MODE_STAT: counts of them.")
      .def("get_tag", get_tag, "get_tag(self)\n--\n\nSee tag.")
      .def("set_tag", set_tag, py::arg("value"), "set_tag(self, value)\n--\n\nSee tag.")
      .def_property("tag", get_tag, set_tag, "A number for whatever the program likes.")
      .def("activate", forward<&M::activate, const std::string&>(), py::arg("adapter"),
           "activate(self, adapter)\n--\n\nBegins to monitor the adapter of that name.")
      .def("deactivate", forward<&M::deactivate>(), "deactivate(self)\n--\n\nEnds monitoring.")
      .def("config", forward<&M::config, const std::string&>(), py::arg("configuration_string"),
           "config(self, configuration_string)\n--\n\nNAME=VALUE sets and NAME reads a setting; "
           "the value either way.")
      .def("do_events", &Monitor::do_events,
           "do_events(self)\n--\n\nDelivers what has come; waits at most PacketTimeout for the "
           "first packet.")
      .def("get_statistics", &Monitor::get_statistics, py::arg("received"), py::arg("dropped"),
           py::arg("adapter_dropped"),
           "get_statistics(self, received, dropped, adapter_dropped)\n--\n\nPackets since "
           "activation, received ones with those dropped: each list then holds its number.")
      .def("list_adapters", forward<&M::list_adapters>(),
           "list_adapters(self)\n--\n\nFinds the adapters.")
      .def_readwrite("on_packet", &Monitor::on_packet,
                     "Called with each packet: an IPMonitorPacketEventParams; or None.")
      .def_readwrite("on_statistics", &Monitor::on_statistics,
                     "Called with IPMonitorStatisticsEventParams; or None.")
      .def_readwrite("on_error", &Monitor::on_error,
                     "Called with what a handler raised, as IPMonitorErrorEventParams; or None.");
  type.attr("PACKET_DIRECTION_ANY") = int{M::PACKET_DIRECTION_ANY};
  type.attr("PACKET_DIRECTION_INCOMING") = int{M::PACKET_DIRECTION_INCOMING};
  type.attr("PACKET_DIRECTION_OUTGOING") = int{M::PACKET_DIRECTION_OUTGOING};
  type.attr("PCAP_MODE_CAPT") = int{M::PCAP_MODE_CAPT};
  type.attr("PCAP_MODE_STAT") = int{M::PCAP_MODE_STAT};
}

}  // namespace weir::python
