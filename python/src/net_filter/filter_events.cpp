// Events of NetFilter that come seldom.
#include "bindings.h"
#include "net_filter/arguments.h"
#include "net_filter/filter_handlers.h"
#include "object.h"
#include "value_object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using Statistics = compat::NetFilterStatisticsEventParams;

/// A member as a read-only property.
template <auto member, class Params>
void bind_member(py::class_<Params>& type, const char* name, const char* doc) {
  type.def_property_readonly(name, [](const Params& event) { return event.*member; }, doc);
}

void bind_statistics_event(py::module_& module) {
  py::class_<Statistics> type(module, "NetFilterStatisticsEventParams",
                              "What was counted at an adapter. Grows; it is never set back.");
  bind_member<&Statistics::adapter_id>(type, "adapter_id", "The id of the adapter.");
  bind_member<&Statistics::filter_specific>(
      type, "filter_specific",
      "False: all packets of the adapter since initialize(). True: those that this filter has seen "
      "since start_filter().");
  type.def_property_readonly(
      "time_stamp",
      [](const Statistics& event) { return checked(local_time_object(event.time_stamp)); },
      "When it was counted: a naive datetime in local time.");
  bind_member<&Statistics::packets_received>(type, "packets_received", "Packets.");
  bind_member<&Statistics::bytes_received>(type, "bytes_received", "Bytes.");
  bind_member<&Statistics::packets_sent>(type, "packets_sent", "Packets.");
  bind_member<&Statistics::bytes_sent>(type, "bytes_sent", "Bytes.");
  bind_member<&Statistics::packets_dropped_inbound>(type, "packets_dropped_inbound",
                                                    "Packets, by rules and by handlers.");
  bind_member<&Statistics::bytes_dropped_inbound>(type, "bytes_dropped_inbound", "Their bytes.");
  bind_member<&Statistics::packets_dropped_outbound>(type, "packets_dropped_outbound",
                                                     "Packets, by rules and by handlers.");
  bind_member<&Statistics::bytes_dropped_outbound>(type, "bytes_dropped_outbound", "Their bytes.");
}

template <class Params>
void bind_adapter_event(py::module_& module, const char* name, const char* doc) {
  py::class_<Params> type(module, name, doc);
  bind_member<&Params::adapter_id>(type, "adapter_id", "Its id.");
}

void bind_error(py::module_& module) {
  using Params = compat::NetFilterErrorEventParams;
  py::class_<Params> type(module, "NetFilterErrorEventParams",
                          "What went wrong in a handler, or beside the packets' way.");
  bind_member<&Params::error_code>(
      type, "error_code",
      "A Win32 error; of what a handler has raised the code that errors of weir have, 0 for "
      "others.");
  type.def_property_readonly(
      "description", [](const Params& event) { return checked(text(event.description)); },
      "What, in words.");
}

void bind_worker_events(py::module_& module) {
  using Creation = compat::NetFilterWorkerThreadCreationEventParams;
  py::class_<Creation>(module, "NetFilterWorkerThreadCreationEventParams",
                       "In a new worker thread.")
      .def_property(
          "result_code", [](const Creation& event) { return event.result_code; },
          [](Creation& event, const py::object& value) {
            event.result_code = whole(value, "result_code");
          },
          "0; with another one the thread is not used, and on_error is told.");
  py::class_<compat::NetFilterWorkerThreadTerminationEventParams>(
      module, "NetFilterWorkerThreadTerminationEventParams",
      "In a worker thread that is about to end.");
}

}  // namespace

void bind_net_filter_events(py::module_& module) {
  bind_statistics_event(module);
  bind_adapter_event<compat::NetFilterAdapterAddedEventParams>(
      module, "NetFilterAdapterAddedEventParams", "An adapter that is there now.");
  bind_adapter_event<compat::NetFilterAdapterRemovedEventParams>(
      module, "NetFilterAdapterRemovedEventParams", "An adapter that was there.");
  bind_error(module);
  bind_worker_events(module);
  if (!add_packet_event_types(module.ptr())) throw py::error_already_set{};
}

}  // namespace weir::python
