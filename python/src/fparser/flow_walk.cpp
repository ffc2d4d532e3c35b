// The iterator of a flow's packets: a type by hand, since one of pybind11 takes twice as long.
#include <array>
#include <memory>
#include <new>
#include <utility>

#include "fparser/flow.h"
#include "object.h"
#include "weir/wire/ip_protocol.h"

namespace weir::python {
namespace {

using compat::fparser::Flow;
using compat::fparser::FlowPacket;
using compat::fparser::FlowPointer;

/// One walk through the packets of a flow, which it keeps alive.
struct FlowWalk {
  PyObject_HEAD FlowPointer flow;
  Flow::Iterator next;
  bool is_tcp;
};

PyTypeObject* walk_type = nullptr;

FlowWalk& walk_of(PyObject* object) noexcept { return *reinterpret_cast<FlowWalk*>(object); }

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
  FlowWalk& walk = walk_of(self);
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

void destroy(PyObject* self) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  std::destroy_at(&walk_of(self).flow);
  type->tp_free(self);
  Py_DECREF(type);
}

template <class Function>
void* slot(Function function) noexcept {
  return reinterpret_cast<void*>(function);
}

}  // namespace

bool add_flow_walk(PyObject* module) noexcept {
  static std::array<PyType_Slot, 5> slots{
      {{Py_tp_doc, const_cast<char*>("A walk through the packets of a flow.")},
       {Py_tp_dealloc, slot(destroy)},
       {Py_tp_iter, slot(PyObject_SelfIter)},
       {Py_tp_iternext, slot(next_packet)},
       {0, nullptr}}};
  static PyType_Spec spec{"weir._core.fparser.FlowWalk", static_cast<int>(sizeof(FlowWalk)), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots.data()};
  walk_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return walk_type != nullptr && PyModule_AddType(module, walk_type) == 0;
}

PyObject* new_flow_walk(FlowPointer flow) noexcept {
  PyObject* const object = walk_type->tp_alloc(walk_type, 0);
  if (object == nullptr) return nullptr;
  FlowWalk& walk = walk_of(object);
  new (&walk.flow) FlowPointer{std::move(flow)};
  new (&walk.next) Flow::Iterator{walk.flow->begin()};
  walk.is_tcp = walk.flow->flow().protocol() == wire::ip_protocol::tcp;
  return object;
}

}  // namespace weir::python
