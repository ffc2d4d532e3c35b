// weir.compat.pcapfilter.IPMonitor: the C++ face, with Python's types in its events.
#include "weir/compat/ip_monitor.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "bindings.h"
#include "collected.h"
#include "ip_monitor/monitor_event.h"
#include "raise.h"
#include "turns.h"
#include "value_object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using compat::IPMonitor;
using compat::IPMonitorErrorEventParams;
using compat::IPMonitorPacketEventParams;
using compat::IPMonitorStatisticsEventParams;
using std::chrono::steady_clock;

/// The GIL, given up while packets are waited for: what follows comes without a wait.
class GilForEvents {
 public:
  GilForEvents() noexcept : state_{PyEval_SaveThread()} {}
  GilForEvents(const GilForEvents&) = delete;
  GilForEvents& operator=(const GilForEvents&) = delete;
  ~GilForEvents() { take(); }
  void take() noexcept {
    if (state_ != nullptr) take_gil(std::exchange(state_, nullptr));
  }
  void give() noexcept {
    if (state_ == nullptr) state_ = PyEval_SaveThread();
  }

 private:
  PyThreadState* state_;
};

[[noreturn]] void refuse(const std::string& words) {
  throw Error{ErrorCode::invalid_argument, words};
}

/// What on_error is told of an exception. Its words are asked for with care: that may raise again.
IPMonitorErrorEventParams error_event(const py::object& raised) {
  IPMonitorErrorEventParams event{.error_code = 0, .description = Py_TYPE(raised.ptr())->tp_name};
  if (py::isinstance(raised, py::module_::import("weir._errors").attr("Error"))) {
    event.error_code = raised.attr("code").cast<int>();
  }
  const Ref words = Ref::steal(PyObject_Str(raised.ptr()));
  const Ref octets = Ref::steal(
      words ? PyUnicode_AsEncodedString(words.get(), "utf-8", "backslashreplace") : nullptr);
  if (octets && PyBytes_GET_SIZE(octets.get()) != 0) {
    event.description.append(": ").append(PyBytes_AS_STRING(octets.get()));
  }
  if (PyErr_Occurred() != nullptr) {
    if (PyErr_ExceptionMatches(PyExc_Exception) == 0) throw py::error_already_set{};
    PyErr_Clear();
  }
  return event;
}

/// What `work` returns. Its SystemErrors are about that adapter.
template <class Work>
auto naming(const std::string& adapter, Work work) {
  try {
    return work();
  } catch (const SystemError&) {
    raise_current({.kind = Subject::Kind::adapter, .name = adapter});
    throw py::error_already_set{};
  }
}

/// IPMonitor whose handlers are Python's. Calls from several threads take turns. While a handler
/// runs it is nobody's turn: other threads may do then what the handler may.
class Monitor {
 public:
  Monitor() {
    monitor_.on_packet = [this](const IPMonitorPacketEventParams& params) { tell(params); };
    monitor_.on_statistics = [this](const IPMonitorStatisticsEventParams& params) {
      const OutOfTurn out{*this};
      if (!on_statistics.is_none()) call(on_statistics, py::cast(params).ptr());
    };
  }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor() {
    Py_XDECREF(event_);
    const WithoutGil without;
    monitor_.deactivate();
  }

  /// Handlers mostly refer to their monitor.
  template <class Visit>
  void visit_references(Visit visit) {
    visit(on_packet);
    visit(on_statistics);
    visit(on_error);
  }

  /// What that function of IPMonitor returns, without the GIL.
  template <auto member, class... Arguments>
  auto forward(Arguments&&... arguments) {
    return naming(adapter_, [&] {
      const WithoutGil without;
      const std::scoped_lock turn{turns_};
      return (monitor_.*member)(std::forward<Arguments>(arguments)...);
    });
  }

  void activate(const std::string& adapter) {
    adapter_ = adapter;
    forward<&IPMonitor::activate>(adapter);
  }

  void do_events() {
    const unsigned long self = PyThread_get_thread_ident();
    if (pump_ == self) refuse("do_events() is called by one of its own events");
    if (pump_ != 0) refuse("do_events() is at work in another thread");
    const struct Pump {
      unsigned long& thread;
      ~Pump() { thread = 0; }
    } pump{pump_ = self};
    const std::chrono::milliseconds timeout{
        std::stoll(forward<&IPMonitor::config>("PacketTimeout"))};
    const auto end = steady_clock::now() + timeout;
    Duration left = timeout;
    while (left > Duration::zero() && !do_events_within(std::min<Duration>(left, signal_period)) &&
           forward<&IPMonitor::get_active>()) {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
      left = end - steady_clock::now();
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set{};
  }

  void get_statistics(const py::list& received, const py::list& dropped,
                      const py::list& adapter_dropped) {
    std::int64_t counts[3]{};
    forward<&IPMonitor::get_statistics>(counts[0], counts[1], counts[2]);
    const py::list* const lists[] = {&received, &dropped, &adapter_dropped};
    for (int i = 0; i < 3; ++i) {
      const py::object one = checked(Py_BuildValue("[L]", static_cast<long long>(counts[i])));
      if (PyList_SetSlice(lists[i]->ptr(), 0, PY_SSIZE_T_MAX, one.ptr()) != 0) {
        throw py::error_already_set{};
      }
    }
  }

  py::object on_packet = py::none();
  py::object on_statistics = py::none();
  py::object on_error = py::none();

 private:
  /// A handler runs, with the GIL. Nobody waits for his turn with the GIL, nor for the GIL in his
  /// turn.
  class OutOfTurn {
   public:
    explicit OutOfTurn(Monitor& monitor) noexcept : monitor_{monitor} {
      monitor_.turns_.unlock();
      monitor_.gil_->take();
    }
    OutOfTurn(const OutOfTurn&) = delete;
    OutOfTurn& operator=(const OutOfTurn&) = delete;
    ~OutOfTurn() {
      if (monitor_.turns_.try_lock()) return;
      monitor_.gil_->give();
      monitor_.turns_.lock();
    }

   private:
    Monitor& monitor_;
  };

  struct Ending {
    MonitorEventObject& event;
    ~Ending() { end_monitor_event(event); }
  };

  /// Whether anything was told.
  bool do_events_within(Duration longest) {
    return naming(adapter_, [&] {
      GilForEvents gil;
      gil_ = &gil;
      const std::scoped_lock turn{turns_};
      return monitor_.do_events_within(longest);
    });
  }

  /// One object does for all packets, unless a handler keeps it.
  void tell(const IPMonitorPacketEventParams& params) {
    const OutOfTurn out{*this};
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

  void call(const py::object& handler, PyObject* event) {
    const py::object held = handler;  // it may be replaced by itself
    const Ref result = Ref::steal(PyObject_CallOneArg(held.ptr(), event));
    if (result) return;
    const py::error_already_set error;
    // What is no Exception, such as KeyboardInterrupt, is not for on_error.
    if (on_error.is_none() || !error.matches(PyExc_Exception)) throw error;
    const py::object told = py::cast(error_event(error.value()));
    const py::object listener = on_error;
    if (!Ref::steal(PyObject_CallOneArg(listener.ptr(), told.ptr()))) {
      throw py::error_already_set{};
    }
  }

  IPMonitor monitor_;
  Turns turns_;
  GilForEvents* gil_ = nullptr;
  MonitorEventObject* event_ = nullptr;
  /// The thread that is in do_events(); 0 for none. With the GIL; so the next.
  unsigned long pump_ = 0;
  std::string adapter_{};
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

/// A number of any size; out of range is what `Integer` does not hold.
template <class Integer>
struct Number {
  Integer value;
  bool fits;
};

template <class Integer>
Number<Integer> number(const py::object& given) {
  const py::object whole = checked(PyNumber_Index(given.ptr()));
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
  return {static_cast<Integer>(value), overflow == 0 && std::in_range<Integer>(value)};
}

/// Sets a property to a number.
template <auto setter, class Integer>
auto set_number(const char* name) {
  return [name](Monitor& self, const py::object& given) {
    const auto [value, fits] = number<Integer>(given);
    if (!fits) refuse(std::string{name} + ": the number is out of range");
    self.forward<setter>(value);
  };
}

/// What an adapter has, by index: empty beyond the count.
template <auto getter>
auto of_adapter() {
  return [](Monitor& self, const py::object& index) {
    const auto [value, fits] = number<int>(index);
    return self.forward<getter>(fits ? value : -1);
  };
}

template <auto member, class... Arguments>
auto forward() {
  return [](Monitor& self, Arguments... arguments) {
    return self.forward<member>(std::forward<Arguments>(arguments)...);
  };
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
  const auto set_direction = set_number<&M::set_direction, int>("direction");
  const auto get_filter = forward<&M::get_filter>();
  const auto set_filter = forward<&M::set_filter, const std::string&>();
  const auto get_mode = forward<&M::get_operation_mode>();
  const auto set_mode = set_number<&M::set_operation_mode, int>("operation_mode");
  const auto get_tag = forward<&M::get_tag>();
  const auto set_tag = set_number<&M::set_tag, std::int64_t>("tag");
  py::class_<Monitor> type(
      module, "IPMonitor",
      "IPMonitor()\n--\n\nMonitors the packets of an adapter, or their totals. Threads take "
      "turns; one at a time may be in do_events().",
      collected<Monitor>());
  type.def(py::init<>(), "__init__(self)\n--\n\nNothing is active.")
      .def("get_active", get_active, "get_active(self)\n--\n\nWhether it monitors.")
      .def_property_readonly("active", get_active, "Whether it monitors.")
      .def("get_adapter_count", get_count,
           "get_adapter_count(self)\n--\n\nAdapters that list_adapters() has found.")
      .def_property_readonly("adapter_count", get_count, "Adapters that list_adapters() has found.")
      .def("get_adapter_description", of_adapter<&M::get_adapter_description>(),
           py::arg("adapter_index"),
           "get_adapter_description(self, adapter_index)\n--\n\nDescription of an adapter, counted "
           "from 0.")
      .def("get_adapter_name", of_adapter<&M::get_adapter_name>(), py::arg("adapter_index"),
           "get_adapter_name(self, adapter_index)\n--\n\nName of an adapter, counted from 0.")
      .def("get_direction", get_direction, "get_direction(self)\n--\n\nSee direction.")
      .def("set_direction", set_direction, py::arg("value"),
           "set_direction(self, value)\n--\n\nSee direction.")
      .def_property(
          "direction", get_direction, set_direction,
          "Which packets are wanted: PACKET_DIRECTION_ANY, _INCOMING or _OUTGOING. Others "
          "raise ValueError.")
      .def("get_filter", get_filter, "get_filter(self)\n--\n\nSee filter.")
      .def("set_filter", set_filter, py::arg("value"), "set_filter(self, value)\n--\n\nSee filter.")
      .def_property(
          "filter", get_filter, set_filter,
          "Which packets are wanted: pcap-filter(7); empty is all. Raises FilterError, and "
          "the one before holds.")
      .def("get_operation_mode", get_mode, "get_operation_mode(self)\n--\n\nSee operation_mode.")
      .def("set_operation_mode", set_mode, py::arg("value"),
           "set_operation_mode(self, value)\n--\n\nSee operation_mode.")
      .def_property(
          "operation_mode", get_mode, set_mode,
          "PCAP_MODE_CAPT: packets; PCAP_MODE_STAT: counts of them. Raises ValueError for "
          "others and, while active, OSError as activate() does; the one before holds.")
      .def("get_tag", get_tag, "get_tag(self)\n--\n\nSee tag.")
      .def("set_tag", set_tag, py::arg("value"), "set_tag(self, value)\n--\n\nSee tag.")
      .def_property("tag", get_tag, set_tag,
                    "A number for whatever the program likes, 64 bits; ValueError beyond.")
      .def("activate", &Monitor::activate, py::arg("adapter"),
           "activate(self, adapter)\n--\n\nBegins to monitor the adapter of that name, another no "
           "longer. "
           "Raises OSError (FileNotFoundError, PermissionError), FilterError, ValueError for a "
           "BufferSize beyond memory; nothing is active then.")
      .def("deactivate", forward<&M::deactivate>(), "deactivate(self)\n--\n\nEnds monitoring.")
      .def("config", forward<&M::config, const std::string&>(), py::arg("configuration_string"),
           "config(self, configuration_string)\n--\n\nNAME=VALUE sets and NAME reads a setting; "
           "the value either way. Raises ValueError: no such setting, out of range, or set while "
           "active.")
      .def(
          "do_events", &Monitor::do_events,
          "do_events(self)\n--\n\nDelivers what has come; waits at most PacketTimeout for the "
          "first packet. Raises OSError once the adapter is gone, ValueError in a handler or while "
          "another thread is here, and what a handler raises where there is no on_error.")
      .def("get_statistics", &Monitor::get_statistics, py::arg("received"), py::arg("dropped"),
           py::arg("adapter_dropped"),
           "get_statistics(self, received, dropped, adapter_dropped)\n--\n\nPackets since "
           "activation, received ones with those dropped: each list then holds its number.")
      .def("list_adapters", forward<&M::list_adapters>(),
           "list_adapters(self)\n--\n\nFinds the adapters. Raises OSError.");
  bind_handler<&Monitor::on_packet>(
      type, "on_packet",
      "Called with each packet: an IPMonitorPacketEventParams; or None. TypeError for others.");
  bind_handler<&Monitor::on_statistics>(type, "on_statistics",
                                        "Called with IPMonitorStatisticsEventParams; or None.");
  bind_handler<&Monitor::on_error>(
      type, "on_error",
      "Called with what a handler raised, as IPMonitorErrorEventParams; or None.");
  for (const char* const name :
       {"IPMonitor", "IPMonitorErrorEventParams", "IPMonitorStatisticsEventParams"}) {
    module.attr(name).attr("__module__") = "weir.compat.pcapfilter";
  }
  type.attr("PACKET_DIRECTION_ANY") = int{M::PACKET_DIRECTION_ANY};
  type.attr("PACKET_DIRECTION_INCOMING") = int{M::PACKET_DIRECTION_INCOMING};
  type.attr("PACKET_DIRECTION_OUTGOING") = int{M::PACKET_DIRECTION_OUTGOING};
  type.attr("PCAP_MODE_CAPT") = int{M::PCAP_MODE_CAPT};
  type.attr("PCAP_MODE_STAT") = int{M::PCAP_MODE_STAT};
}

}  // namespace weir::python
