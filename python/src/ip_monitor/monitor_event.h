// IPMonitorPacketEventParams: a captured packet as a handler in Python sees it.
#pragma once

#include "object.h"
#include "weir/compat/ip_monitor.h"

namespace weir::python {

/// Made by hand: one for each packet.
struct MonitorEventObject {
  PyObject_HEAD compat::IPMonitorPacketEventParams params;
  /// The memoryview that was asked for, owned; or null.
  PyObject* view;
};

/// A new event, or null with an exception set.
[[nodiscard]] MonitorEventObject* new_monitor_event() noexcept;
/// Its handler has returned: the packet is gone, and so is what was seen of it.
void end_monitor_event(MonitorEventObject& event) noexcept;

/// Once, before any is made. False with an exception set.
[[nodiscard]] bool add_monitor_event_type(PyObject* module) noexcept;

}  // namespace weir::python
