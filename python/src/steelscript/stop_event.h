// The stop event of a PCAPSocket: a threading.Event.
#pragma once

#include "steelscript/pcap_object.h"

namespace weir::python {

using SocketObject = PcapObject<compat::steelscript::PCAPSocket>;

/// How often a wait looks at an event that does not end it by itself.
inline constexpr std::chrono::milliseconds look_at_event_every{20};

/// The attribute stop_event.
[[nodiscard]] PyObject* get_stop_event(PyObject* object, void*) noexcept;
int set_stop_event(PyObject* object, PyObject* value, void*) noexcept;

/// close(), which also sets the event, if it is the socket's own: a wait in another thread ends.
[[nodiscard]] PyObject* close_socket(PyObject* object, PyObject*) noexcept;

/// Looks at an event that is not the socket's own; where it is set, the socket is closed. False if
/// so, or with an exception set.
[[nodiscard]] bool go_on_beside_event(SocketObject& self) noexcept;
template <class Pcap>
bool go_on_beside_event(PcapObject<Pcap>&) noexcept {
  return true;
}

}  // namespace weir::python
