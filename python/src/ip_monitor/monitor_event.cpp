// The attributes of IPMonitorPacketEventParams.
#include "ip_monitor/monitor_event.h"

#include <new>

#include "value_object.h"

namespace weir::python {
namespace {

PyTypeObject* event_type = nullptr;

/// ctypes.c_void_p, borrowed; null with an exception set. Imported when first wanted: few programs
/// do.
PyObject* pointer_type() noexcept {
  static PyObject* type = nullptr;
  if (type != nullptr) return type;
  const Ref ctypes = Ref::steal(PyImport_ImportModule("ctypes"));
  if (ctypes) type = PyObject_GetAttrString(ctypes.get(), "c_void_p");
  return type;
}

MonitorEventObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<MonitorEventObject*>(object);
}

void destroy(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  Py_CLEAR(self_of(object).view);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* time_stamp(PyObject* self, void*) noexcept {
  return local_time_object(self_of(self).params.time_stamp);
}

PyObject* time_stamp_ns(PyObject* self, void*) noexcept {
  return PyLong_FromLongLong(self_of(self).params.time_stamp.time_since_epoch().count());
}

PyObject* packet_size(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(self_of(self).params.packet_size);
}

PyObject* data(PyObject* self, void*) noexcept {
  const std::uint8_t* const bytes = self_of(self).params.data;
  PyObject* const type = pointer_type();
  if (type == nullptr) return nullptr;
  if (bytes == nullptr) return PyObject_CallNoArgs(type);
  const Ref address = Ref::steal(PyLong_FromVoidPtr(const_cast<std::uint8_t*>(bytes)));
  return address ? PyObject_CallOneArg(type, address.get()) : nullptr;
}

PyObject* data_size(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(self_of(self).params.data_size);
}

// Of a copy: parts of it may be kept, and then outlive the packet.
PyObject* data_view(PyObject* object, void*) noexcept {
  MonitorEventObject& self = self_of(object);
  if (self.params.data == nullptr) Py_RETURN_NONE;
  if (self.view == nullptr) {
    const Ref copy = Ref::steal(PyBytes_FromStringAndSize(
        reinterpret_cast<const char*>(self.params.data), self.params.data_size));
    if (!copy) return nullptr;
    self.view = PyMemoryView_FromObject(copy.get());
  }
  return Py_XNewRef(self.view);
}

PyGetSetDef properties[] = {
    {"time_stamp", time_stamp, nullptr, "When it was received: a naive datetime in local time.",
     nullptr},
    {"time_stamp_ns", time_stamp_ns, nullptr, "The same in nanoseconds since 1970-01-01 00:00 UTC.",
     nullptr},
    {"packet_size", packet_size, nullptr, "Bytes on the wire; may exceed data_size.", nullptr},
    {"data", data, nullptr,
     "What was captured, a ctypes.c_void_p: valid until the handler returns, then null.", nullptr},
    {"data_size", data_size, nullptr, "Bytes captured.", nullptr},
    {"data_view", data_view, nullptr,
     "A copy of what was captured, a memoryview that is released when the handler returns; None "
     "afterwards.",
     nullptr},
    {}};

}  // namespace

MonitorEventObject* new_monitor_event() noexcept {
  return reinterpret_cast<MonitorEventObject*>(event_type->tp_alloc(event_type, 0));
}

void end_monitor_event(MonitorEventObject& event) noexcept {
  event.params.data = nullptr;
  event.params.data_size = 0;
  if (event.view == nullptr) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  const Ref released = Ref::steal(PyObject_CallMethod(event.view, "release", nullptr));
  // What is made of it keeps the copy.
  if (!released) PyErr_Clear();
  PyErr_Restore(type, value, traceback);
  Py_CLEAR(event.view);
}

bool add_monitor_event_type(PyObject* module) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>("A captured packet.")},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_getset, properties},
                         {}};
  PyType_Spec spec{
      "weir.compat.pcapfilter.IPMonitorPacketEventParams",
      static_cast<int>(sizeof(MonitorEventObject)), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  event_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return event_type != nullptr && PyModule_AddType(module, event_type) == 0;
}

}  // namespace weir::python
