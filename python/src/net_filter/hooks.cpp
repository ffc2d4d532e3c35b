// Handlers of NetFilter as properties: what was set is what is read.
#include "net_filter/bind_net_filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using H = FilterHandlers;
using N = compat::NetFilter;

/// `told` has C++ know of it.
template <py::object H::* handler, class Told>
void bind_handler(NetFilterClass& type, const char* name, const char* doc, Told told) {
  type.def_property(
      name, [](const FilterCore& self) { return self.handlers().*handler; },
      [name, told](FilterCore& self, const py::object& value) {
        if (!value.is_none() && PyCallable_Check(value.ptr()) == 0) {
          throw py::type_error(std::string{name} + " takes a callable or None");
        }
        told(self, !value.is_none());
        const py::object let_go = std::exchange(self.handlers().*handler, value);
      },
      doc);
}

template <auto event, auto call>
auto listening() {
  return [](FilterCore& self, bool is_there) { self.listen<event, call>(is_there); };
}

}  // namespace

void bind_net_filter_hooks(NetFilterClass& type) {
  bind_handler<&H::on_packet>(
      type, "on_packet",
      "Called in worker threads with each packet that a rule of RULE_ACTION_CAPTURE holds, a "
      "NetFilterPacketEventParams; or None, and they go on.",
      listening<&N::on_packet, &H::packet>());
  bind_handler<&H::on_notify_packet>(
      type, "on_notify_packet",
      "Called with copies of packets that a rule of RULE_ACTION_NOTIFY has seen, as "
      "NetFilterNotifyPacketEventParams; or None.",
      listening<&N::on_notify_packet, &H::notify>());
  bind_handler<&H::on_statistics>(type, "on_statistics",
                                  "Called with NetFilterStatisticsEventParams; or None.",
                                  listening<&N::on_statistics, &H::statistics>());
  bind_handler<&H::on_adapter_added>(type, "on_adapter_added",
                                     "Called with NetFilterAdapterAddedEventParams; or None.",
                                     listening<&N::on_adapter_added, &H::adapter_added>());
  bind_handler<&H::on_adapter_removed>(type, "on_adapter_removed",
                                       "Called with NetFilterAdapterRemovedEventParams; or None.",
                                       listening<&N::on_adapter_removed, &H::adapter_removed>());
  bind_handler<&H::on_error>(type, "on_error",
                             "Called with what went wrong, as NetFilterErrorEventParams; or None: "
                             "what handlers raise goes "
                             "to sys.unraisablehook then.",
                             listening<&N::on_error, &H::error>());
  // Those two are called anyhow.
  const auto nothing = [](FilterCore&, bool) {};
  bind_handler<&H::on_worker_thread_creation>(
      type, "on_worker_thread_creation",
      "Called in each new worker thread with NetFilterWorkerThreadCreationEventParams; or None.",
      nothing);
  bind_handler<&H::on_worker_thread_termination>(type, "on_worker_thread_termination",
                                                 "Called in each worker thread at its end with "
                                                 "NetFilterWorkerThreadTerminationEventParams; or "
                                                 "None. What it raises is ignored.",
                                                 nothing);
}

}  // namespace weir::python
