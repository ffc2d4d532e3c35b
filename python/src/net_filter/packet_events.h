// NetFilterPacketEventParams and NetFilterNotifyPacketEventParams as handlers in Python see them.
#pragma once

#include "object.h"
#include "weir/compat/net_filter_events.h"

namespace weir::python {

/// Made by hand: one for each packet.
struct PacketEventObject {
  PyObject_HEAD compat::NetFilterPacketEventParams params;
  /// Bytes of the packet when the handler was called.
  int shown;
  /// A bytearray with what is in the buffer, once that was asked for: parts of views that somebody
  /// keeps keep it.
  PyObject* memory;
  PyObject* view;
};

struct NotifyEventObject {
  PyObject_HEAD compat::NetFilterNotifyPacketEventParams params;
  /// Of a copy.
  PyObject* view;
};

/// A new event, or null with an exception set.
[[nodiscard]] PacketEventObject* new_packet_event() noexcept;
[[nodiscard]] NotifyEventObject* new_notify_event() noexcept;
void begin_packet_event(PacketEventObject& event,
                        const compat::NetFilterPacketEventParams& params) noexcept;
/// The handler has returned: `params` are what it has set. The packet is gone for it, and so is
/// what was seen of it. Keeps the exception that is set.
void end_packet_event(PacketEventObject& event,
                      compat::NetFilterPacketEventParams& params) noexcept;
void end_notify_event(NotifyEventObject& event,
                      compat::NetFilterNotifyPacketEventParams& params) noexcept;

/// Once, before any is made. False with an exception set.
[[nodiscard]] bool add_packet_event_types(PyObject* module) noexcept;

}  // namespace weir::python
