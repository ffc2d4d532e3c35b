// Attributes are made when they are asked for.
#include "net_filter/packet_events.h"

#include <algorithm>
#include <cstring>

#include "net_filter/arguments.h"
#include "value_object.h"
#include "weir/compat/net_filter.h"

namespace weir::python {
namespace {

using compat::NetFilter;
using compat::NetFilterNotifyPacketEventParams;
using compat::NetFilterPacketEventParams;

PyTypeObject* packet_type = nullptr;
PyTypeObject* notify_type = nullptr;

template <class Event>
Event& of(PyObject* object) noexcept {
  return *reinterpret_cast<Event*>(object);
}

template <class Event>
PyObject* adapter_id(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.adapter_id);
}
template <class Event>
PyObject* timestamp(PyObject* self, void*) noexcept {
  return local_time_object(of<Event>(self).params.timestamp);
}
template <class Event>
PyObject* timestamp_ns(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.timestamp_ns);
}
template <class Event>
PyObject* packet_kind(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.packet_type);
}
template <class Event>
PyObject* direction(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.direction);
}
template <class Event>
PyObject* packet_size(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.packet_size);
}
template <class Event>
PyObject* data_size(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.data_size);
}
template <class Event>
PyObject* ip_offset(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.ip_offset);
}
template <class Event>
PyObject* ip_size(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.ip_size);
}
template <class Event>
PyObject* result_code(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<Event>(self).params.result_code);
}
template <class Event>
int set_result_code(PyObject* self, PyObject* given, void*) noexcept {
  return set_number(given, "result_code", of<Event>(self).params.result_code);
}

PyObject* buffer_size(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<PacketEventObject>(self).params.buffer_size);
}
PyObject* action(PyObject* self, void*) noexcept {
  return PyLong_FromLong(of<PacketEventObject>(self).params.action);
}
int set_action(PyObject* self, PyObject* given, void*) noexcept {
  return set_number(given, "action", of<PacketEventObject>(self).params.action);
}
int set_data_size(PyObject* self, PyObject* given, void*) noexcept {
  return set_number(given, "data_size", of<PacketEventObject>(self).params.data_size);
}

/// ctypes.c_void_p of that address. Imported when first wanted: few programs do.
PyObject* pointer_to(const void* bytes) noexcept {
  static PyObject* type = nullptr;
  if (type == nullptr) {
    const Ref ctypes = Ref::steal(PyImport_ImportModule("ctypes"));
    if (ctypes) type = PyObject_GetAttrString(ctypes.get(), "c_void_p");
    if (type == nullptr) return nullptr;
  }
  if (bytes == nullptr) return PyObject_CallNoArgs(type);
  const Ref address = Ref::steal(PyLong_FromVoidPtr(const_cast<void*>(bytes)));
  return address ? PyObject_CallOneArg(type, address.get()) : nullptr;
}

char* start_of(PyObject* bytearray) noexcept { return PyByteArray_AS_STRING(bytearray); }

/// Makes `memory`; false with an exception set.
bool fill(PacketEventObject& self) noexcept {
  if (self.memory != nullptr) return true;
  const int size = self.params.buffer_size;
  self.memory = PyByteArray_FromStringAndSize(nullptr, size);
  if (self.memory == nullptr) return false;
  std::memcpy(start_of(self.memory), self.params.buffer, static_cast<std::size_t>(self.shown));
  std::memset(start_of(self.memory) + self.shown, 0, static_cast<std::size_t>(size - self.shown));
  return true;
}

/// Whether there is one that was not released by the handler.
bool is_view_there(PyObject* view) noexcept {
  if (view == nullptr) return false;
  if (PyObject_Size(view) >= 0) return true;
  PyErr_Clear();
  return false;
}

PyObject* buffer(PyObject* object, void*) noexcept {
  auto& self = of<PacketEventObject>(object);
  if (self.params.buffer == nullptr) return pointer_to(nullptr);
  return fill(self) ? pointer_to(start_of(self.memory)) : nullptr;
}

PyObject* buffer_view(PyObject* object, void*) noexcept {
  auto& self = of<PacketEventObject>(object);
  if (self.params.buffer == nullptr) Py_RETURN_NONE;
  if (!fill(self)) return nullptr;
  if (!is_view_there(self.view)) Py_XSETREF(self.view, PyMemoryView_FromObject(self.memory));
  return Py_XNewRef(self.view);
}

PyObject* data(PyObject* self, void*) noexcept {
  return pointer_to(of<NotifyEventObject>(self).params.data);
}

PyObject* data_view(PyObject* object, void*) noexcept {
  auto& self = of<NotifyEventObject>(object);
  if (self.params.data == nullptr) Py_RETURN_NONE;
  if (!is_view_there(self.view)) {
    const Ref copy = Ref::steal(PyBytes_FromStringAndSize(
        reinterpret_cast<const char*>(self.params.data), self.params.data_size));
    if (!copy) return nullptr;
    Py_XSETREF(self.view, PyMemoryView_FromObject(copy.get()));
  }
  return Py_XNewRef(self.view);
}

/// What is made of it keeps what it is of.
void release(PyObject*& view) noexcept {
  if (view == nullptr) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  const Ref released = Ref::steal(PyObject_CallMethod(view, "release", nullptr));
  if (!released) PyErr_Clear();
  PyErr_Restore(type, value, traceback);
  Py_CLEAR(view);
}

void destroy_packet(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  Py_CLEAR(of<PacketEventObject>(object).view);
  Py_CLEAR(of<PacketEventObject>(object).memory);
  type->tp_free(object);
  Py_DECREF(type);
}

void destroy_notify(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  Py_CLEAR(of<NotifyEventObject>(object).view);
  type->tp_free(object);
  Py_DECREF(type);
}

constexpr const char* adapter_id_doc = "The id of the adapter.";
constexpr const char* timestamp_doc =
    "When it was received: a naive datetime in local time, to the millisecond.";
constexpr const char* timestamp_ns_doc = "Nanoseconds past that, 0 to 999,999.";
constexpr const char* packet_type_doc = "NetFilter.DLT_EN10MB or DLT_RAW.";
constexpr const char* direction_doc = "NetFilter.PACKET_DIRECTION_OUTGOING or _INCOMING.";
constexpr const char* packet_size_doc = "Bytes on the wire; may exceed data_size.";
constexpr const char* ip_offset_doc = "Where its IP header begins; 0 if it has none.";
constexpr const char* ip_size_doc = "Bytes of the IP packet that are there; 0 if there is none.";

using P = PacketEventObject;
using N = NotifyEventObject;

PyGetSetDef packet_properties[] = {
    {"adapter_id", adapter_id<P>, nullptr, adapter_id_doc, nullptr},
    {"timestamp", timestamp<P>, nullptr, timestamp_doc, nullptr},
    {"timestamp_ns", timestamp_ns<P>, nullptr, timestamp_ns_doc, nullptr},
    {"packet_type", packet_kind<P>, nullptr, packet_type_doc, nullptr},
    {"direction", direction<P>, nullptr, direction_doc, nullptr},
    {"packet_size", packet_size<P>, nullptr, packet_size_doc, nullptr},
    {"buffer", buffer, nullptr,
     "Its bytes, to be changed: a ctypes.c_void_p, valid until the handler returns, then null.",
     nullptr},
    {"buffer_size", buffer_size, nullptr, "Bytes there is room for.", nullptr},
    {"data_view", buffer_view, nullptr,
     "The buffer as a writable memoryview of buffer_size bytes, released when the handler returns; "
     "None afterwards.",
     nullptr},
    {"data_size", data_size<P>, set_data_size,
     "Bytes of the packet in the buffer. Set it for PACKET_ACTION_SEND_MODIFIED, or to what is "
     "needed, with result_code 122.",
     nullptr},
    {"ip_offset", ip_offset<P>, nullptr, ip_offset_doc, nullptr},
    {"ip_size", ip_size<P>, nullptr, ip_size_doc, nullptr},
    {"action", action, set_action,
     "What is to become of it: NetFilter.PACKET_ACTION_SEND, unless it is set.", nullptr},
    {"result_code", result_code<P>, set_result_code<P>,
     "0. With 122 (ERROR_INSUFFICIENT_BUFFER) it comes again, with room for data_size bytes; with "
     "another it goes on as it came, and on_error is told.",
     nullptr},
    {}};

PyGetSetDef notify_properties[] = {
    {"adapter_id", adapter_id<N>, nullptr, adapter_id_doc, nullptr},
    {"timestamp", timestamp<N>, nullptr, timestamp_doc, nullptr},
    {"timestamp_ns", timestamp_ns<N>, nullptr, timestamp_ns_doc, nullptr},
    {"packet_type", packet_kind<N>, nullptr, packet_type_doc, nullptr},
    {"direction", direction<N>, nullptr, direction_doc, nullptr},
    {"packet_size", packet_size<N>, nullptr, packet_size_doc, nullptr},
    {"data", data, nullptr,
     "What was captured, a ctypes.c_void_p: valid until the handler returns, then null.", nullptr},
    {"data_size", data_size<N>, nullptr, "Bytes captured.", nullptr},
    {"data_view", data_view, nullptr,
     "A copy of what was captured, a memoryview that is released when the handler returns; None "
     "afterwards.",
     nullptr},
    {"ip_offset", ip_offset<N>, nullptr, ip_offset_doc, nullptr},
    {"ip_size", ip_size<N>, nullptr, ip_size_doc, nullptr},
    {"result_code", result_code<N>, set_result_code<N>,
     "0. Another one is told by on_error: the packet has gone on.", nullptr},
    {}};

PyTypeObject* add_type(PyObject* module, const char* name, std::size_t size, const char* doc,
                       destructor destroy, PyGetSetDef* properties) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(doc)},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_getset, properties},
                         {}};
  PyType_Spec spec{
      name, static_cast<int>(size), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  auto* const type =
      reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return type != nullptr && PyModule_AddType(module, type) == 0 ? type : nullptr;
}

}  // namespace

PacketEventObject* new_packet_event() noexcept {
  return reinterpret_cast<PacketEventObject*>(packet_type->tp_alloc(packet_type, 0));
}

NotifyEventObject* new_notify_event() noexcept {
  return reinterpret_cast<NotifyEventObject*>(notify_type->tp_alloc(notify_type, 0));
}

void begin_packet_event(PacketEventObject& event,
                        const NetFilterPacketEventParams& params) noexcept {
  event.params = params;
  event.shown = params.data_size;
}

void end_packet_event(PacketEventObject& event, NetFilterPacketEventParams& params) noexcept {
  params.action = event.params.action;
  params.data_size = event.params.data_size;
  params.result_code = event.params.result_code;
  const bool is_sent = params.action == NetFilter::PACKET_ACTION_SEND_MODIFIED;
  const bool comes_again = params.result_code == NetFilter::ERROR_INSUFFICIENT_BUFFER;
  if (event.memory != nullptr && (is_sent || comes_again)) {
    // The handler may have made it shorter.
    const auto there = std::min<Py_ssize_t>(PyByteArray_GET_SIZE(event.memory), params.buffer_size);
    std::memcpy(params.buffer, start_of(event.memory), static_cast<std::size_t>(there));
  }
  event.params.buffer = nullptr;
  event.params.buffer_size = 0;
  event.params.data_size = 0;
  release(event.view);
  Py_CLEAR(event.memory);
}

void end_notify_event(NotifyEventObject& event, NetFilterNotifyPacketEventParams& params) noexcept {
  params.result_code = event.params.result_code;
  event.params.data = nullptr;
  event.params.data_size = 0;
  release(event.view);
}

bool add_packet_event_types(PyObject* module) noexcept {
  packet_type = add_type(
      module, "weir.compat.pcapfilter.NetFilterPacketEventParams", sizeof(PacketEventObject),
      "A packet that is held: see NetFilter.on_packet.", destroy_packet, packet_properties);
  notify_type =
      packet_type == nullptr
          ? nullptr
          : add_type(module, "weir.compat.pcapfilter.NetFilterNotifyPacketEventParams",
                     sizeof(NotifyEventObject),
                     "A copy of a packet that has gone on: see NetFilter.on_notify_packet.",
                     destroy_notify, notify_properties);
  return notify_type != nullptr;
}

}  // namespace weir::python
