// Packets that are made of bytes, not read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "packet_object.h"
#include "weir/link_type.h"

namespace weir::python {

/// A packet with bytes of its own: a copy of packet.data. `stream`: whose interface it is of; null
/// for one that has none. Null with an exception set.
[[nodiscard]] PyObject* made_packet(const Packet& packet, std::shared_ptr<Stream> stream,
                                    std::uint64_t number) noexcept;

/// Where packets of an adapter are from that no source has captured; one for all packets of the
/// name and the link type, for as long as the process lives. Their interface_index is 0.
[[nodiscard]] std::shared_ptr<Stream> stream_of_adapter(const std::string& name,
                                                        LinkType link_type);

/// weir.Packet(data, *, link_type=1, time_ns=None), as PyTypeObject::tp_new.
[[nodiscard]] PyObject* create_packet(PyTypeObject* type, PyObject* arguments,
                                      PyObject* keywords) noexcept;

}  // namespace weir::python
