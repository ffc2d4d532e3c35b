// Python's functions as the handlers of a NetFilter.
#pragma once

#include <pybind11/pybind11.h>

#include "net_filter/packet_events.h"
#include "weir/compat/net_filter.h"

namespace weir::python {

/// Outlives the NetFilter that calls them. Made, destroyed, visited and changed with the GIL;
/// called without it, by any thread. What Python raises they throw as NetFilterError.
class FilterHandlers {
 public:
  FilterHandlers() = default;
  FilterHandlers(const FilterHandlers&) = delete;
  FilterHandlers& operator=(const FilterHandlers&) = delete;
  ~FilterHandlers();

  /// Has its threads keep a state of Python's, and take the GIL once a batch.
  void hook(compat::NetFilter& filter);

  void packet(compat::NetFilterPacketEventParams& params);
  void notify(compat::NetFilterNotifyPacketEventParams& params);
  void statistics(const compat::NetFilterStatisticsEventParams& params);
  void adapter_added(const compat::NetFilterAdapterAddedEventParams& params);
  void adapter_removed(const compat::NetFilterAdapterRemovedEventParams& params);
  void error(const compat::NetFilterErrorEventParams& params) noexcept;

  /// For the garbage collector: functions often refer to what has them.
  template <class Visit>
  void visit_references(Visit visit) {
    for (auto* const function :
         {&on_packet, &on_notify_packet, &on_statistics, &on_adapter_added, &on_adapter_removed,
          &on_error, &on_worker_thread_creation, &on_worker_thread_termination}) {
      visit(*function);
    }
  }

  // None for none.
  pybind11::object on_packet = pybind11::none();
  pybind11::object on_notify_packet = pybind11::none();
  pybind11::object on_statistics = pybind11::none();
  pybind11::object on_adapter_added = pybind11::none();
  pybind11::object on_adapter_removed = pybind11::none();
  pybind11::object on_error = pybind11::none();
  pybind11::object on_worker_thread_creation = pybind11::none();
  pybind11::object on_worker_thread_termination = pybind11::none();

 private:
  template <class Params>
  void tell(const pybind11::object& handler, const Params& params);
  void worker_starts(compat::NetFilterWorkerThreadCreationEventParams& params);
  void worker_ends() noexcept;
  /// Throws the exception that is set as NetFilterError. Where nobody listens to on_error it goes
  /// to sys.unraisablehook.
  [[noreturn]] void throw_raised(const pybind11::object& handler);

  /// One does for all packets, unless a handler keeps it, or several threads are in one. Null, or
  /// owned.
  PacketEventObject* spare_ = nullptr;
};

/// NetFilterStatisticsEventParams and the others that pybind11 makes.
void bind_net_filter_events(pybind11::module_& module);

}  // namespace weir::python
