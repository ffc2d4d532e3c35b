// weir.compat.pcapfilter.IPMonitor: the C++ face, with Python's types in its events.
#include "weir/compat/ip_monitor.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "bindings.h"
#include "monitor_event.h"
#include "raise.h"
#include "value_object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using compat::IPMonitor;
using compat::IPMonitorErrorEventParams;
using compat::IPMonitorPacketEventParams;
using compat::IPMonitorStatisticsEventParams;
using std::chrono::steady_clock;

/// How often a wait looks for signals, such as Ctrl-C.
constexpr std::chrono::milliseconds signal_period{100};

/// A handler has raised what is no Exception, such as KeyboardInterrupt: not for on_error.
struct Interrupted {
  py::error_already_set error;
};

/// The GIL, given up until the first event: what follows comes without a wait.
class GilForEvents {
 public:
  GilForEvents() noexcept : state_{PyEval_SaveThread()} {}
  GilForEvents(const GilForEvents&) = delete;
  GilForEvents& operator=(const GilForEvents&) = delete;
  ~GilForEvents() { take(); }
  void take() noexcept {
    if (state_ != nullptr) take_gil(std::exchange(state_, nullptr));
  }

 private:
  PyThreadState* state_;
};

/// IPMonitor whose handlers are Python's. Calls from several threads wait for one another; a
/// handler's own do not.
class Monitor {
 public:
  Monitor() {
    monitor_.on_packet = [this](const IPMonitorPacketEventParams& params) { tell(params); };
    monitor_.on_statistics = [this](const IPMonitorStatisticsEventParams& params) {
      gil_->take();
      if (!on_statistics.is_none()) call(on_statistics, py::cast(params).ptr());
    };
    monitor_.on_error = [this](const IPMonitorErrorEventParams& params) { tell(params); };
  }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor() { Py_XDECREF(event_); }

  /// What that function of IPMonitor returns, without the GIL.
  template <auto member, class... Arguments>
  auto forward(Arguments&&... arguments) {
    const WithoutGil without;
    const std::scoped_lock alone{mutex_};
    return (monitor_.*member)(std::forward<Arguments>(arguments)...);
  }

  void activate(const std::string& adapter) {
    try {
      forward<&IPMonitor::activate>(adapter);
    } catch (const Error&) {
      raise_current({.kind = Subject::Kind::adapter, .name = adapter});
      throw py::error_already_set{};
    }
  }

  void do_events() {
    const auto start = steady_clock::now();
    while (!do_events_for_a_while()) {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
      if (!forward<&IPMonitor::get_active>()) return;
      const std::string timeout = forward<&IPMonitor::config>("PacketTimeout");
      if (steady_clock::now() - start >= std::chrono::milliseconds{std::stoll(timeout)}) return;
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
  }

  void get_statistics(const py::list& received, const py::list& dropped,
                      const py::list& adapter_dropped) {
    std::int64_t counts[3]{};
    forward<&IPMonitor::get_statistics>(counts[0], counts[1], counts[2]);
    const py::list* const lists[] = {&received, &dropped, &adapter_dropped};
    for (int i = 0; i < 3; ++i) {
      if (lists[i]->attr("clear")().is_none()) lists[i]->attr("append")(counts[i]);
    }
  }

  py::object on_packet = py::none();
  py::object on_statistics = py::none();
  py::object on_error = py::none();

 private:
  struct Ending {
    MonitorEventObject& event;
    ~Ending() { end_monitor_event(event); }
  };

  /// Whether anything was told.
  bool do_events_for_a_while() {
    try {
      GilForEvents gil;
      const std::scoped_lock alone{mutex_};
      // One of its own handlers calls: that is refused.
      GilForEvents* const outer = std::exchange(gil_, &gil);
      const struct Restoring {
        GilForEvents*& at;
        GilForEvents* before;
        ~Restoring() { at = before; }
      } restoring{gil_, outer};
      return monitor_.do_events_within(signal_period);
    } catch (Interrupted& interrupted) {
      interrupted.error.restore();
      throw py::error_already_set{};
    }
  }

  /// One object does for all packets, unless a handler keeps it.
  void tell(const IPMonitorPacketEventParams& params) {
    gil_->take();
    if (on_packet.is_none()) return;
    if (event_ == nullptr || Py_REFCNT(event_) != 1) {
      Py_XDECREF(event_);
      event_ = new_monitor_event();
      if (event_ == nullptr) throw py::error_already_set{};
    }
    event_->params = params;
    const Ending ending{*event_};
    call(on_packet, reinterpret_cast<PyObject*>(event_));
  }

  /// While what a handler has thrown is being handled.
  void tell(IPMonitorErrorEventParams params) {
    gil_->take();
    if (on_error.is_none()) throw;
    try {
      throw;
    } catch (const py::error_already_set& error) {
      const py::object known = py::module_::import("weir._errors").attr("Error");
      if (py::isinstance(error.value(), known)) {
        params.error_code = error.value().attr("code").cast<int>();
      }
    } catch (...) {
      // It is known what this is.
    }
    call(on_error, py::cast(params).ptr());
  }

  static void call(const py::object& handler, PyObject* event) {
    const py::object held = handler;  // it may be replaced by itself
    const Ref result = Ref::steal(PyObject_CallOneArg(held.ptr(), event));
    if (result) return;
    py::error_already_set error;
    if (error.matches(PyExc_Exception)) throw error;
    throw Interrupted{std::move(error)};
  }

  IPMonitor monitor_;
  std::recursive_mutex mutex_;
  GilForEvents* gil_ = nullptr;
  MonitorEventObject* event_ = nullptr;
};

void bind_events(py::module_& module) {
  if (!add_monitor_event_type(module.ptr())) throw py::error_already_set{};
  py::class_<IPMonitorStatisticsEventParams>(module, "IPMonitorStatisticsEventParams",
                                             "What came since the last such event.")
      .def_property_readonly(
          "time_stamp",
          [](const IPMonitorStatisticsEventParams& event) {
            return checked(local_time_object(event.time_stamp));
          },
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
    return self.forward<member>(std::forward<Arguments>(arguments)...);
  };
}

/// Null as long as __init__ has not run.
Monitor* monitor_of(PyObject* object) {
  auto* const instance = reinterpret_cast<py::detail::instance*>(object);
  return static_cast<Monitor*>(instance->get_value_and_holder().value_ptr());
}

int traverse(PyObject* object, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(object));
  const Monitor* const monitor = monitor_of(object);
  if (monitor == nullptr) return 0;
  Py_VISIT(monitor->on_packet.ptr());
  Py_VISIT(monitor->on_statistics.ptr());
  Py_VISIT(monitor->on_error.ptr());
  return 0;
}

int clear(PyObject* object) {
  Monitor* const monitor = monitor_of(object);
  if (monitor == nullptr) return 0;
  for (py::object* const handler :
       {&monitor->on_packet, &monitor->on_statistics, &monitor->on_error}) {
    const py::object let_go = std::exchange(*handler, py::none());
  }
  return 0;
}

/// Handlers mostly refer to their monitor: the garbage collector has to see them.
void collect_garbage(PyHeapTypeObject* heap_type) {
  PyTypeObject& type = heap_type->ht_type;
  type.tp_flags |= Py_TPFLAGS_HAVE_GC;
  type.tp_traverse = traverse;
  type.tp_clear = clear;
}

/// A handler, or None for none.
template <py::object Monitor::* handler>
void bind_handler(py::class_<Monitor>& type, const char* name, const char* doc) {
  type.def_property(
      name, [](const Monitor& self) { return self.*handler; },
      [name](Monitor& self, const py::object& value) {
        if (!value.is_none() && PyCallable_Check(value.ptr()) == 0) {
          throw py::type_error(std::string{name} + " takes a callable or None");
        }
        const py::object let_go = std::exchange(self.*handler, value);
      },
      doc);
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
      "IPMonitor()\n--\n\nMonitors the packets of an adapter, or their totals. Calls from several "
      "threads wait for one another.",
      py::custom_type_setup(collect_garbage));
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
      .def("activate", &Monitor::activate, py::arg("adapter"),
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
           "list_adapters(self)\n--\n\nFinds the adapters.");
  bind_handler<&Monitor::on_packet>(
      type, "on_packet", "Called with each packet: an IPMonitorPacketEventParams; or None.");
  bind_handler<&Monitor::on_statistics>(type, "on_statistics",
                                        "Called with IPMonitorStatisticsEventParams; or None.");
  bind_handler<&Monitor::on_error>(
      type, "on_error",
      "Called with what a handler raised, as IPMonitorErrorEventParams; or None.");
  type.attr("PACKET_DIRECTION_ANY") = int{M::PACKET_DIRECTION_ANY};
  type.attr("PACKET_DIRECTION_INCOMING") = int{M::PACKET_DIRECTION_INCOMING};
  type.attr("PACKET_DIRECTION_OUTGOING") = int{M::PACKET_DIRECTION_OUTGOING};
  type.attr("PCAP_MODE_CAPT") = int{M::PCAP_MODE_CAPT};
  type.attr("PCAP_MODE_STAT") = int{M::PCAP_MODE_STAT};
}

}  // namespace weir::python
