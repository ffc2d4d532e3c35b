// The iterator of a flow's packets: a type by hand, since one of pybind11 takes twice as long.
#include <array>
#include <utility>

#include "fparser/flow.h"
#include "holder.h"
#include "weir/wire/ip_protocol.h"

namespace weir::python {
namespace {

using compat::fparser::Flow;
using compat::fparser::FlowPacket;
using compat::fparser::FlowPointer;

/// One walk through the packets of a flow, which it keeps alive.
struct FlowWalk {
  FlowPointer flow;
  Flow::Iterator next;
  bool is_tcp;
};

PyTypeObject* walk_type = nullptr;

/// Null with an exception set. Takes over the numbers, of which the last ones may be missing.
PyObject* tuple_of(std::array<PyObject*, 8>& numbers, Py_ssize_t count) noexcept {
  Ref tuple = Ref::steal(PyTuple_New(count));
  bool is_whole = static_cast<bool>(tuple);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    is_whole = is_whole && numbers[i] != nullptr;
    if (tuple) {
      PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(i), numbers[i]);
    } else {
      Py_XDECREF(numbers[i]);
    }
  }
  return is_whole ? tuple.release() : nullptr;
}

PyObject* next_packet(PyObject* self) noexcept {
  FlowWalk& walk = content_of<FlowWalk>(self);
  if (walk.next == walk.flow->end()) return nullptr;
  const FlowPacket packet = *walk.next;
  ++walk.next;
  std::array<PyObject*, 8> numbers{PyLong_FromLongLong(packet.timestamp),
                                   PyLong_FromLong(packet.ip_id), PyLong_FromLong(packet.ttl),
                                   PyLong_FromUnsignedLong(packet.ip_length)};
  if (!walk.is_tcp) return tuple_of(numbers, 4);
  numbers[4] = PyLong_FromLong(packet.flags);
  numbers[5] = PyLong_FromUnsignedLong(packet.seq);
  numbers[6] = PyLong_FromUnsignedLong(packet.ack);
  numbers[7] = PyLong_FromLong(packet.window);
  return tuple_of(numbers, 8);
}

}  // namespace

bool add_flow_walk(PyObject* module) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("A walk through the packets of a flow.")},
                         {Py_tp_dealloc, slot(destroy<FlowWalk>)},
                         {Py_tp_iter, slot(PyObject_SelfIter)},
                         {Py_tp_iternext, slot(next_packet)},
                         {}};
  walk_type = add_holder_type<FlowWalk>(module, "weir._core.fparser.FlowWalk", slots);
  return walk_type != nullptr;
}

PyObject* new_flow_walk(FlowPointer flow) noexcept {
  const Flow& walked = *flow;
  const bool is_tcp = walked.flow().protocol() == wire::ip_protocol::tcp;
  return made(walk_type, FlowWalk{std::move(flow), walked.begin(), is_tcp});
}

}  // namespace weir::python
