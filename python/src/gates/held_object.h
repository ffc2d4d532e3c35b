// weir.HeldPacket: a packet of a gate that waits for its verdict.
#pragma once

#include "object.h"
#include "weir/gate/held_packet.h"

namespace weir::python {

/// For a handler's call, in the worker's thread: it borrows `packet`, and takes it over when it is
/// asked by another thread. Null with an exception set.
[[nodiscard]] Ref new_held(gate::HeldPacket& packet) noexcept;
/// The handler has returned: takes the packet over if somebody else refers to the object.
void end_held_call(Ref held) noexcept;
/// The handler has thrown: what becomes of the packet is the gate's to decide.
void fail_held_call(Ref held) noexcept;

/// The interpreter ends: packets that Python has are given back undecided, now and from now on.
void give_up_held() noexcept;

/// False with an exception set.
[[nodiscard]] bool add_held_type(PyObject* module) noexcept;

}  // namespace weir::python
