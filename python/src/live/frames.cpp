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

Frames::Frames(py::handle given, LinkType link_type, std::size_t portion)
    : link_type_{link_type}, portion_{portion} {
  if (is_frame(given)) {
    add(given);
    place();
  } else if (PyUnicode_Check(given.ptr()) || !py::isinstance<py::iterable>(given)) {
    throw py::type_error(std::string{"a frame is bytes or a weir.Packet, not "} +
                         Py_TYPE(given.ptr())->tp_name);
  } else {
    iterator_ = py::iter(given);
    next();
  }
}

bool Frames::next() {
  bytes_.clear();
  packets_.clear();
  while (iterator_ && packets_.size() < portion_) {
    const auto frame = py::reinterpret_steal<py::object>(PyIter_Next(iterator_.ptr()));
    if (frame) {
      add(frame);
    } else if (PyErr_Occurred() != nullptr) {
      throw py::error_already_set{};
    } else {
      iterator_.release().dec_ref();
    }
  }
  place();
  return !packets_.empty();
}

void Frames::place() {
  const std::uint8_t* next = bytes_.data();
  for (Packet& packet : packets_) {
    packet.data = {next, packet.data.size()};
    next += packet.data.size();
  }
}

void Frames::add(py::handle frame) {
  Packet packet{.link_type = link_type_};
  const auto copy = [&](Bytes bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    // Where the copy lies is known once all are there: place().
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
