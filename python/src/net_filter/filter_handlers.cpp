// Handlers are looked up with the GIL, whenever an event comes: another thread may replace them.
#include "net_filter/filter_handlers.h"

#include <memory>
#include <utility>

#include "gates/gate_threads.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using compat::NetFilterError;

/// That of an error of weir's; 0 for others.
int code_of(PyObject* raised) noexcept {
  const Ref errors = Ref::steal(PyImport_ImportModule("weir._errors"));
  const Ref kind = Ref::steal(errors ? PyObject_GetAttrString(errors.get(), "Error") : nullptr);
  long code = 0;
  if (kind && PyObject_IsInstance(raised, kind.get()) == 1) {
    const Ref number = Ref::steal(PyObject_GetAttrString(raised, "code"));
    if (number) code = PyLong_AsLong(number.get());
  }
  if (PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    return 0;
  }
  return std::in_range<int>(code) ? static_cast<int>(code) : 0;
}

}  // namespace

FilterHandlers::~FilterHandlers() { Py_XDECREF(spare_); }

void FilterHandlers::hook(compat::NetFilter& filter) {
  filter.on_worker_thread_creation = [this](auto& params) { worker_starts(params); };
  filter.on_worker_thread_termination = [this](auto&) { worker_ends(); };
  filter.set_around_events([] { return std::make_shared<GateGil>(); });
}

void FilterHandlers::packet(compat::NetFilterPacketEventParams& params) {
  const GateGil with;
  if (on_packet.is_none()) return;
  const py::object handler = on_packet;
  PacketEventObject* const event = spare_ ? std::exchange(spare_, nullptr) : new_packet_event();
  if (event == nullptr) throw_raised(handler);
  begin_packet_event(*event, params);
  const bool returned{called(handler, reinterpret_cast<PyObject*>(event))};
  end_packet_event(*event, params);
  if (spare_ == nullptr && Py_REFCNT(event) == 1) {
    spare_ = event;
  } else {
    Py_DECREF(event);
  }
  if (!returned) throw_raised(handler);
}

void FilterHandlers::notify(compat::NetFilterNotifyPacketEventParams& params) {
  const GateGil with;
  if (on_notify_packet.is_none()) return;
  const py::object handler = on_notify_packet;
  const Ref object = Ref::steal(reinterpret_cast<PyObject*>(new_notify_event()));
  if (!object) throw_raised(handler);
  auto& event = *reinterpret_cast<NotifyEventObject*>(object.get());
  event.params = params;
  const bool returned{called(handler, object.get())};
  end_notify_event(event, params);
  if (!returned) throw_raised(handler);
}

template <class Params>
void FilterHandlers::tell(const py::object& listener, const Params& params) {
  const GateGil with;
  if (listener.is_none()) return;
  const py::object handler = listener;
  const py::object event = py::cast(params);
  if (!called(handler, event.ptr())) throw_raised(handler);
}

void FilterHandlers::statistics(const compat::NetFilterStatisticsEventParams& params) {
  tell(on_statistics, params);
}

void FilterHandlers::adapter_added(const compat::NetFilterAdapterAddedEventParams& params) {
  tell(on_adapter_added, params);
}

void FilterHandlers::adapter_removed(const compat::NetFilterAdapterRemovedEventParams& params) {
  tell(on_adapter_removed, params);
}

void FilterHandlers::error(const compat::NetFilterErrorEventParams& params) noexcept {
  const GateGil with;
  const py::object handler = on_error;
  if (handler.is_none()) return;
  try {
    const py::object event = py::cast(params);
    if (!called(handler, event.ptr())) PyErr_WriteUnraisable(handler.ptr());
  } catch (py::error_already_set& raised) {
    raised.restore();
    PyErr_WriteUnraisable(handler.ptr());
  } catch (const std::exception&) {
    // No memory to tell it.
  }
}

void FilterHandlers::worker_starts(compat::NetFilterWorkerThreadCreationEventParams& params) {
  WorkerState::begin();
  try {
    if (!on_worker_thread_creation.is_none()) {
      const py::object handler = on_worker_thread_creation;
      const py::object event = py::cast(params);
      if (!called(handler, event.ptr())) throw_raised(handler);
      params = event.cast<compat::NetFilterWorkerThreadCreationEventParams&>();
    }
  } catch (...) {
    WorkerState::end();
    throw;
  }
  params.result_code == 0 ? WorkerState::rest() : WorkerState::end();
}

void FilterHandlers::worker_ends() noexcept {
  WorkerState::resume();
  if (!on_worker_thread_termination.is_none()) {
    const py::object handler = on_worker_thread_termination;
    try {
      const py::object event = py::cast(compat::NetFilterWorkerThreadTerminationEventParams{});
      // As documented, its errors are ignored.
      if (!called(handler, event.ptr())) PyErr_Clear();
    } catch (const std::exception&) {
      // No memory for the event.
    }
  }
  WorkerState::end();
}

void FilterHandlers::throw_raised(const py::object& handler) {
  const PythonError raised;
  if (on_error.is_none()) {
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(raised.raised())), raised.raised());
    PyErr_WriteUnraisable(handler.ptr());
  }
  throw NetFilterError{code_of(raised.raised()), raised.what()};
}

}  // namespace weir::python
