// Frames, one behind the other in memory of their own.
#include "live/frames.h"

#include "contiguous.h"
#include "packet_object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

bool is_packet(py::handle object) { return Py_TYPE(object.ptr()) == packet_python_type(); }

bool is_frame(py::handle object) {
  return is_packet(object) || PyObject_CheckBuffer(object.ptr()) != 0;
}

}  // namespace

Frames::Frames(py::handle given, LinkType link_type) {
  if (is_frame(given)) {
    add(given, link_type);
  } else if (PyUnicode_Check(given.ptr()) || !py::isinstance<py::iterable>(given)) {
    throw py::type_error(std::string{"a frame is bytes or a weir.Packet, not "} +
                         Py_TYPE(given.ptr())->tp_name);
  } else {
    for (const py::handle frame : given) add(frame, link_type);
  }
  const std::uint8_t* next = bytes_.data();
  for (Packet& packet : packets_) {
    packet.data = {next, packet.data.size()};
    next += packet.data.size();
  }
}

void Frames::add(py::handle frame, LinkType link_type) {
  Packet packet{.link_type = link_type};
  const auto copy = [&](Bytes bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    // Where the copy lies is known once all are there.
    packet.data = bytes;
  };
  if (is_packet(frame)) {
    packet.link_type = packet_of(frame.ptr())->packet.link_type;
    copy(packet_of(frame.ptr())->packet.data);
  } else if (PyObject_CheckBuffer(frame.ptr()) != 0) {
    copy(Contiguous{frame}.get());
  } else {
    throw py::type_error(std::string{"a frame is bytes or a weir.Packet, not "} +
                         Py_TYPE(frame.ptr())->tp_name);
  }
  packet.wire_length = static_cast<std::uint32_t>(packet.data.size());
  packets_.push_back(packet);
}

}  // namespace weir::python
