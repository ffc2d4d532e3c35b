// weir.Packet: its attributes, and headers by name.
#include "packet_object.h"

#include <deque>
#include <new>
#include <string>
#include <vector>

#include "header_object.h"
#include "near_names.h"
#include "raise.h"
#include "stream.h"
#include "value_object.h"
#include "weir/wire/direction.h"
#include "written/made_packet.h"

namespace weir::python {
namespace {

PyTypeObject* packet_type = nullptr;

/// Those of the packet that was asked last.
struct Decoded {
  const PacketObject* of = nullptr;
  std::uint64_t number = 0;
  wire::Layers layers;
};
Decoded decoded;

PacketObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<PacketObject*>(object);
}

void destroy(PyObject* object) noexcept {
  PacketObject& self = self_of(object);
  if (decoded.of == &self) decoded.of = nullptr;
  if (self.loan != nullptr) self.loan->remove(self);
  PyTypeObject* const type = Py_TYPE(object);
  // The stream may end here, whose packets this one is of.
  std::destroy_at(&self.owner);
  std::destroy_at(&self.stream);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* number(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLongLong(self_of(self).number);
}

PyObject* time_ns(PyObject* self, void*) noexcept {
  const Packet& packet = self_of(self).packet;
  if (has(packet.flags, PacketFlags::no_timestamp)) Py_RETURN_NONE;
  return PyLong_FromLongLong(packet.timestamp.time_since_epoch().count());
}

PyObject* time(PyObject* self, void*) noexcept {
  const Packet& packet = self_of(self).packet;
  if (has(packet.flags, PacketFlags::no_timestamp)) Py_RETURN_NONE;
  return time_object(packet.timestamp);
}

PyObject* wire_length(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(self_of(self).packet.wire_length);
}

PyObject* captured_length(PyObject* self, void*) noexcept {
  return PyLong_FromSize_t(self_of(self).packet.data.size());
}

PyObject* link_type(PyObject* self, void*) noexcept {
  return PyLong_FromUnsignedLong(static_cast<unsigned long>(self_of(self).packet.link_type));
}

PyObject* direction(PyObject* self, void*) noexcept {
  switch (wire::direction_of(self_of(self).packet)) {
    case Direction::in:
      return PyUnicode_InternFromString("in");
    case Direction::out:
      return PyUnicode_InternFromString("out");
    default:
      return PyUnicode_InternFromString("unknown");
  }
}

PyObject* interface(PyObject* self, void*) noexcept {
  const PacketObject& packet = self_of(self);
  const wire::Layers* const found = layers_of(packet);
  if (found == nullptr) return nullptr;
  return guarded([&] { return packet.stream->interface_of(packet.packet, *found); });
}

PyObject* data(PyObject* self, void*) noexcept { return PyMemoryView_FromObject(self); }

PyObject* layers(PyObject* self, void*) noexcept {
  PacketObject& packet = self_of(self);
  const wire::Layers* const decoded_now = layers_of(packet);
  if (decoded_now == nullptr) return nullptr;
  const wire::Layers found = *decoded_now;
  Ref all = Ref::steal(PyTuple_New(static_cast<Py_ssize_t>(found.size())));
  for (std::size_t i = 0; all && i < found.size(); ++i) {
    PyObject* const header = header_object(packet, found, found[i]);
    if (header == nullptr) return nullptr;
    PyTuple_SET_ITEM(all.get(), static_cast<Py_ssize_t>(i), header);
  }
  return all.release();
}

PyObject* outermost(PacketObject& packet, wire::Protocol protocol) noexcept {
  const wire::Layers* const found = layers_of(packet);
  if (found == nullptr) return nullptr;
  const wire::Layer* const layer = found->find(protocol);
  if (layer == nullptr) Py_RETURN_NONE;
  return header_object(packet, *found, *layer);
}

PyObject* header(PyObject* self, void* closure) noexcept {
  return outermost(self_of(self),
                   static_cast<wire::Protocol>(reinterpret_cast<std::uintptr_t>(closure)));
}

const std::vector<std::string>& protocol_names() {
  static const std::vector<std::string> names{std::begin(wire::protocol_names),
                                              std::end(wire::protocol_names)};
  return names;
}

/// The protocol of a name; nothing with KeyError.
std::optional<wire::Protocol> protocol_of(const PacketObject& packet, PyObject* key) noexcept {
  if (PyUnicode_Check(key)) {
    Py_ssize_t size = 0;
    const char* const characters = PyUnicode_AsUTF8AndSize(key, &size);
    if (characters == nullptr) return std::nullopt;
    const auto found =
        packet.stream->decoders().protocol_by_name({characters, static_cast<std::size_t>(size)});
    if (found) return found;
  }
  raise_unknown_key("protocol", key, protocol_names(), ": docs/json.md lists them");
  return std::nullopt;
}

PyObject* item(PyObject* self, PyObject* key) noexcept {
  const auto protocol = protocol_of(self_of(self), key);
  return protocol ? outermost(self_of(self), *protocol) : nullptr;
}

PyObject* all(PyObject* self, PyObject* key) noexcept {
  PacketObject& packet = self_of(self);
  const auto protocol = protocol_of(packet, key);
  if (!protocol) return nullptr;
  const wire::Layers* const decoded_now = layers_of(packet);
  if (decoded_now == nullptr) return nullptr;
  const wire::Layers found = *decoded_now;
  Ref headers = Ref::steal(PyList_New(0));
  for (const wire::Layer& layer : found) {
    if (!headers || layer.protocol != *protocol) continue;
    const Ref header = Ref::steal(header_object(packet, found, layer));
    if (!header || PyList_Append(headers.get(), header.get()) < 0) return nullptr;
  }
  return headers.release();
}

PyObject* to_text(PyObject* self) noexcept {
  PacketObject& packet = self_of(self);
  const wire::Layers* const found = layers_of(packet);
  if (found == nullptr) return nullptr;
  return guarded([&]() -> PyObject* {
    std::string line;
    packet.stream->text().append(line, packet.packet, *found);
    if (PyErr_Occurred() != nullptr) return nullptr;  // of a decoder, in what an ICMP error quotes
    if (line.ends_with('\n')) line.pop_back();
    return text(line);
  });
}

PyObject* represent(PyObject* self) noexcept {
  const PacketObject& packet = self_of(self);
  const Ref line = Ref::steal(to_text(self));
  if (!line) return nullptr;
  return PyUnicode_FromFormat("<weir.Packet %llu: %U>",
                              static_cast<unsigned long long>(packet.number), line.get());
}

Py_ssize_t length(PyObject* self) noexcept {
  return static_cast<Py_ssize_t>(self_of(self).packet.data.size());
}

// A view outlives the batch: the packet gets bytes of its own first.
int get_buffer(PyObject* self, Py_buffer* view, int flags) noexcept {
  PacketObject& packet = self_of(self);
  if (packet.loan != nullptr) {
    try {
      packet.loan->copy_out(packet);
    } catch (const std::bad_alloc&) {
      PyErr_NoMemory();
      view->obj = nullptr;
      return -1;
    }
  }
  const Bytes bytes = packet.packet.data;
  return PyBuffer_FillInfo(view, self, const_cast<std::uint8_t*>(bytes.data()),
                           static_cast<Py_ssize_t>(bytes.size()), 1, flags);
}

// Without a view.
PyObject* to_bytes(PyObject* self, PyObject*) noexcept {
  const Bytes bytes = self_of(self).packet.data;
  return PyBytes_FromStringAndSize(reinterpret_cast<const char*>(bytes.data()),
                                   static_cast<Py_ssize_t>(bytes.size()));
}

PyObject* to_html(PyObject* self, PyObject*) noexcept {
  const Ref html = Ref::steal(PyImport_ImportModule("weir._html"));
  return html ? PyObject_CallMethod(html.get(), "packet", "O", self) : nullptr;
}

PyObject* edit(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  static const char* names[] = {"inner", nullptr};
  int inner = 0;
  if (PyArg_ParseTupleAndKeywords(arguments, keywords, "|$p:edit", const_cast<char**>(names),
                                  &inner) == 0) {
    return nullptr;
  }
  const Ref core = Ref::steal(PyImport_ImportModule("weir._core"));
  return core ? PyObject_CallMethod(core.get(), "Editor", "OO", self,
                                    inner != 0 ? Py_True : Py_False)
              : nullptr;
}

// It never changes.
PyObject* copy(PyObject* self, PyObject*) noexcept { return Py_NewRef(self); }

PyObject* refuse_pickling(PyObject*, PyObject*) noexcept {
  PyErr_SetString(PyExc_TypeError,
                  "a weir.Packet cannot be pickled: pass on bytes(packet) with its time_ns, or a "
                  "capture file made by weir.write()");
  return nullptr;
}

PyGetSetDef own_properties[] = {
    {"number", number, nullptr,
     "Position in its file or stream from 1, before filtering; 0 of one that was made.", nullptr},
    {"time_ns", time_ns, nullptr,
     "Time stamp in nanoseconds since 1970-01-01 00:00 UTC; None where the medium records none.",
     nullptr},
    {"time", time, nullptr,
     "Time stamp as an aware datetime in UTC, rounded down to microseconds; or None.", nullptr},
    {"len", wire_length, nullptr, "Bytes on the wire.", nullptr},
    {"caplen", captured_length, nullptr, "Bytes captured.", nullptr},
    {"data", data, nullptr, "The captured bytes: a read-only memoryview, valid for ever.", nullptr},
    {"interface", interface, nullptr,
     "Name of its interface, or its number where several have none; None if that is not known.",
     nullptr},
    {"direction", direction, nullptr,
     "\"in\", \"out\" or \"unknown\", also as link headers say it.", nullptr},
    {"link_type", link_type, nullptr, "LINKTYPE_ number.", nullptr},
    {"layers", layers, nullptr, "Every header, outermost first: a tuple of Header.", nullptr}};

/// Behind them the headers by their names. Both live as long as the interpreter.
std::deque<std::string> header_names;
std::vector<PyGetSetDef> properties;
std::vector<std::string> attribute_names;

void list_properties() {
  properties.assign(std::begin(own_properties), std::end(own_properties));
  for (std::size_t i = 0; i < wire::protocol_count; ++i) {
    std::string& name = header_names.emplace_back(wire::protocol_names[i]);
    std::ranges::replace(name, '.', '_');
    properties.push_back({name.c_str(), header, nullptr,
                          "The outermost header of this protocol, or None.",
                          reinterpret_cast<void*>(i)});
  }
  for (const PyGetSetDef& property : properties) attribute_names.emplace_back(property.name);
  properties.push_back({});
}

PyObject* attribute(PyObject* self, PyObject* name) noexcept {
  return attribute_or_near(self, name, attribute_names);
}

}  // namespace

void PacketObject::become(const Packet& other, std::uint64_t its_number) noexcept {
  packet = other;
  number = its_number;
  if (decoded.of == this) decoded.of = nullptr;
}

PacketObject* new_packet(const std::shared_ptr<Stream>& stream, Loan& loan, const Packet& packet,
                         std::uint64_t number) noexcept {
  PacketObject* const made = new_packet(stream, nullptr, packet, number);
  if (made != nullptr) loan.add(*made);
  return made;
}

PacketObject* new_packet(const std::shared_ptr<Stream>& stream, std::shared_ptr<const void> owner,
                         const Packet& packet, std::uint64_t number) noexcept {
  PyObject* const object = packet_type->tp_alloc(packet_type, 0);
  if (object == nullptr) return nullptr;
  PacketObject& self = self_of(object);
  new (&self.packet) Packet{packet};
  self.number = number;
  new (&self.stream) std::shared_ptr<Stream>{stream};
  new (&self.owner) std::shared_ptr<const void>{std::move(owner)};
  return &self;
}

PyTypeObject* packet_python_type() noexcept { return packet_type; }

PacketObject* packet_of(PyObject* object) noexcept {
  if (Py_TYPE(object) == packet_type) return &self_of(object);
  PyErr_Format(PyExc_TypeError, "a weir.Packet is needed, not %s", Py_TYPE(object)->tp_name);
  return nullptr;
}

const wire::Layers* layers_of(const PacketObject& packet) noexcept {
  if (decoded.of == &packet) return &decoded.layers;
  const wire::Decoders& decoders = packet.stream->decoders();
  if (decoders.user_count() == 0) {
    decoded.layers = wire::decode(packet.packet, decoders);
  } else {
    // Python's functions may ask other packets meanwhile.
    const wire::Layers found = wire::decode(packet.packet, decoders);
    decoded.of = nullptr;
    if (PyErr_Occurred() != nullptr) return nullptr;
    decoded.layers = found;
  }
  decoded.of = &packet;
  return &decoded.layers;
}

bool add_packet_type(PyObject* module) noexcept {
  list_properties();
  static PyMethodDef methods[] = {
      {"__bytes__", to_bytes, METH_NOARGS, "__bytes__($self, /)\n--\n\nThe captured bytes."},
      {"all", all, METH_O,
       "all($self, protocol, /)\n--\n\nEvery header of a protocol, outermost first. Raises "
       "KeyError for a "
       "name that is no protocol's."},
      {"edit", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(edit)),
       METH_VARARGS | METH_KEYWORDS,
       "edit($self, /, *, inner=False)\n--\n\nA copy that is changed by attribute: a weir.Editor. "
       "inner: its innermost headers, not the\noutermost."},
      {"_repr_html_", to_html, METH_NOARGS,
       "_repr_html_($self, /)\n--\n\nWhat notebooks show: its line, and below it the fields."},
      {"__copy__", copy, METH_NOARGS,
       "__copy__($self, /)\n--\n\nThe packet itself: it never changes."},
      {"__deepcopy__", copy, METH_O,
       "__deepcopy__($self, memo, /)\n--\n\nThe packet itself: it never changes."},
      {"__reduce__", refuse_pickling, METH_NOARGS,
       "__reduce__($self, /)\n--\n\nRaises TypeError: packets cannot be pickled."},
      {}};
  PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("Packet(data, *, link_type=1, time_ns=None)\n--\n\nA packet. "
                                    "It may be kept for as long as "
                                    "wanted. Sources have them; of bytes one is made with "
                                    "a\nLINKTYPE_ number, and a time stamp "
                                    "if it has one. Its number is 0.")},
      {Py_tp_new, slot(create_packet)},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_getattro, slot(attribute)},
      {Py_tp_str, slot(to_text)},
      {Py_tp_repr, slot(represent)},
      {Py_tp_methods, methods},
      {Py_tp_getset, properties.data()},
      {Py_sq_length, slot(length)},
      {Py_mp_length, slot(length)},
      {Py_mp_subscript, slot(item)},
      {Py_bf_getbuffer, slot(get_buffer)},
      {}};
  PyType_Spec spec{"weir.Packet", static_cast<int>(sizeof(PacketObject)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};
  packet_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return packet_type != nullptr && PyModule_AddType(module, packet_type) == 0;
}

}  // namespace weir::python
