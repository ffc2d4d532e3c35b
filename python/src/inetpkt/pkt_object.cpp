// Packet objects: made of bytes or of keywords, what follows them read when it is asked for.
#include "inetpkt/pkt_object.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "inetpkt/kinds.h"
#include "inetpkt/pkt_types.h"
#include "raise.h"

namespace weir::python {
namespace {

using steel::Next;

// An empty object of that type; its header has the defaults.
PyObject* make_empty(const Kind& kind, PyTypeObject* type) noexcept {
  PyObject* self = nullptr;
  if (type == kind.type) {
    self = reinterpret_cast<PyObject*>(PyObject_GC_New(WeirPkt, type));
    if (self == nullptr) return nullptr;
    std::memset(reinterpret_cast<char*>(self) + sizeof(PyObject), 0,
                sizeof(WeirPkt) - sizeof(PyObject));
  } else {
    self = type->tp_alloc(type, 0);  // tracked, and zero
    if (self == nullptr) return nullptr;
    PyObject_GC_UnTrack(self);
  }
  pkt_of(self).kind = &kind;
  const bool done = guarded([&] { return kind.construct(header_of(self)), true; }, false);
  PyObject_GC_Track(self);
  if (done) return self;
  pkt_of(self).kind = nullptr;
  Py_DECREF(self);
  return nullptr;
}

enum class Read : std::uint8_t { done, refused, failed };

// Reads those bytes; `refused`: they are none of the class, and nothing is set.
Read read_bytes(PyObject* self, PyObject* data, std::size_t at, std::size_t length,
                wire::ParseError* error) noexcept {
  WeirPkt& pkt = pkt_of(self);
  const Kind& kind = kind_of(self);
  const Bytes all = octets_of(data);
  const Bytes bytes = all.subspan(at, length);
  return guarded(
      [&] {
        const auto rest = kind.layer->read(header_of(self), bytes);
        if (!rest) {
          *error = rest.error();
          return Read::refused;
        }
        const auto offset = [&](Bytes part) {
          return part.empty() ? 0 : static_cast<std::uint32_t>(part.data() - all.data());
        };
        pkt.payload_at =
            rest->payload.empty() ? static_cast<std::uint32_t>(at + length) : offset(rest->payload);
        pkt.payload_length = static_cast<std::uint32_t>(rest->payload.size());
        pkt.trailer_at = offset(rest->trailer);
        pkt.trailer_length = static_cast<std::uint32_t>(rest->trailer.size());
        const bool is_deep = pkt.depth + std::size_t{1} >= steel::max_depth;
        const bool has_next = kind.layer->next != nullptr && !rest->payload.empty() && !is_deep;
        pkt.next = static_cast<std::uint8_t>(
            has_next ? kind.layer->next(header_of(self), rest->payload) : Next::nothing);
        Py_XSETREF(pkt.data, Py_NewRef(data));
        Py_CLEAR(pkt.payload);  // of bytes that were read before
        return Read::done;
      },
      Read::failed);
}

// An object of the class for a port, of the user's or one of these.
PyObject* read_port(PyObject* self, PyObject* data, std::size_t at, std::size_t length) noexcept {
  WeirPkt& pkt = pkt_of(self);
  PyObject* chosen = nullptr;
  if (pkt.l7_ports != nullptr && length != 0) {
    for (const std::uint16_t port : steel::l7_candidates(*kind_of(self).layer, header_of(self))) {
      const Ref key = Ref::steal(PyLong_FromLong(port));
      if (!key) return nullptr;
      chosen = PyDict_GetItemWithError(pkt.l7_ports, key.get());
      if (chosen != nullptr) break;
      if (PyErr_Occurred() != nullptr) return nullptr;
    }
  }
  if (chosen == nullptr) return read_layer(null_kind(), data, at, length, nullptr, pkt.depth + 1);
  for (const Kind& kind : kinds()) {
    if (reinterpret_cast<PyObject*>(kind.type) == chosen) {
      return read_layer(kind, data, at, length, pkt.l7_ports, pkt.depth + 1);
    }
  }
  const Ref of_class = Ref::share(chosen);
  const Ref bytes = Ref::steal(bytes_object(octets_of(data).subspan(at, length)));
  Ref made = Ref::steal(bytes ? PyObject_CallOneArg(of_class.get(), bytes.get()) : nullptr);
  if (made && !is_pkt(made.get())) {
    return PyErr_Format(PyExc_TypeError, "l7_ports has %R for a port, which is no PKT class",
                        of_class.get());
  }
  return made.release();
}

PyObject* read_next(PyObject* self, Next next, PyObject* data, std::size_t at,
                    std::size_t length) noexcept {
  if (next == Next::port) return read_port(self, data, at, length);
  return read_layer(kind_of(next), data, at, length, pkt_of(self).l7_ports, pkt_of(self).depth + 1);
}

// Takes what Python gives as payload: a packet, or bytes that are read as what follows.
int set_payload(PyObject* self, PyObject* given, void*) noexcept {
  WeirPkt& pkt = pkt_of(self);
  const steel::LayerClass& layer = *kind_of(self).layer;
  if (given != nullptr && is_pkt(given)) {
    pkt.has_said_length = 0;
    Py_XSETREF(pkt.payload, Py_NewRef(given));
    return 0;
  }
  const Ref bytes = given != nullptr ? bytes_like(given) : Ref{};
  if (!bytes) {
    if (PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_TypeError, "%s is a PKT or bytes", layer.payload_name.data());
    }
    return -1;
  }
  const Bytes octets = octets_of(bytes.get());
  const Next next =
      layer.next == nullptr || octets.empty() ? Next::nothing : layer.next(header_of(self), octets);
  PyObject* const made = read_next(self, next, bytes.get(), 0, octets.size());
  if (made == nullptr) return -1;
  pkt.has_said_length = 0;
  Py_XSETREF(pkt.payload, made);
  return 0;
}

PyObject* get_payload(PyObject* self, void*) noexcept { return payload_of(self); }

PyObject* get_field(PyObject* self, void* closure) noexcept {
  return field_object(self, *static_cast<const steel::Field*>(closure));
}

int set_field(PyObject* self, PyObject* to, void* closure) noexcept {
  const auto& field = *static_cast<const steel::Field*>(closure);
  if (to == nullptr) {
    PyErr_SetString(PyExc_AttributeError, "attributes of packets cannot be deleted");
    return -1;
  }
  // What follows is what the bytes said, whatever is set now.
  if (pkt_of(self).payload == nullptr && pkt_of(self).data != nullptr) {
    const Ref payload = Ref::steal(payload_of(self));
    if (!payload) return -1;
  }
  if (!set_value(field, header_of(self), to)) return -1;
  if (field.is_payload_length) pkt_of(self).has_said_length = 1;
  return 0;
}

bool take_l7_ports(PyObject* self, PyObject* keywords) noexcept {
  PyObject* const ports =
      keywords == nullptr ? nullptr : PyDict_GetItemString(keywords, "l7_ports");
  if (ports == nullptr || ports == Py_None) return true;
  if (!check_l7_ports(ports)) return false;
  Py_XSETREF(pkt_of(self).l7_ports, Py_NewRef(ports));
  return true;
}

// Whether a keyword is for the class: what can be set, and what all of them take.
bool is_taken(const Kind& kind, PyObject* keyword) noexcept {
  const char* const name = PyUnicode_AsUTF8(keyword);
  if (name == nullptr) return false;
  const std::string_view word{name};
  if (word == "data" || word == "l7_ports" || word == "length") return true;
  if (const steel::Field* const field = kind.layer->field(word)) return field->set != nullptr;
  for (const PyGetSetDef* list = kind.lists; list != nullptr && list->name != nullptr; ++list) {
    if (word == list->name) return true;
  }
  return kind.lists == nullptr && word == kind.layer->payload_name;
}

// Keywords that the class does not have are for derived ones.
bool refuse_other_keywords(PyObject* self, PyObject* keywords) noexcept {
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  const bool is_checked = keywords != nullptr && is_own(self);
  for (Py_ssize_t at = 0; is_checked && PyDict_Next(keywords, &at, &name, &value) != 0;) {
    if (is_taken(kind_of(self), name)) continue;
    if (PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() takes no keyword '%U'", kind_of(self).layer->name.data(),
                   name);
    }
    return false;
  }
  return true;
}

// Sets what keywords say.
bool take_keywords(PyObject* self, PyObject* keywords) noexcept {
  const Kind& kind = kind_of(self);
  if (keywords == nullptr || PyDict_Size(keywords) == 0) return true;
  for (const steel::Field& field : kind.layer->fields) {
    PyObject* const value = PyDict_GetItemString(keywords, field.name.data());
    if (value == nullptr || field.set == nullptr) continue;
    if (!set_value(field, header_of(self), value)) return false;
    if (field.is_payload_length) pkt_of(self).has_said_length = 1;
  }
  if (kind.take_keywords != nullptr) return kind.take_keywords(self, keywords);
  if (kind.layer->payload_name.empty()) return true;
  PyObject* const payload = PyDict_GetItemString(keywords, kind.layer->payload_name.data());
  return payload == nullptr || set_payload(self, payload, nullptr) == 0;
}

// Whether it takes bytes: all but PKT itself.
bool reads(const Kind& kind) noexcept { return &kind != &pkt_kind(); }

// How many of the bytes are meant: "length" says so, where padding stands behind a message.
std::size_t length_given(PyObject* data, PyObject* keywords) noexcept {
  const auto all = static_cast<std::size_t>(PyBytes_GET_SIZE(data));
  PyObject* const length = keywords == nullptr ? nullptr : PyDict_GetItemString(keywords, "length");
  if (length == nullptr) return all;
  const std::size_t given = PyLong_Check(length) ? PyLong_AsSize_t(length) : all;
  PyErr_Clear();
  return given != 0 && given < all ? given : all;
}

bool initialise_of_bytes(PyObject* self, PyObject* data, PyObject* keywords) noexcept {
  wire::ParseError error{};
  switch (read_bytes(self, data, 0, length_given(data, keywords), &error)) {
    case Read::done:
      return true;
    case Read::failed:
      return false;
    case Read::refused:
      break;
  }
  PyErr_Format(PyExc_ValueError, "no %s header: %s", kind_of(self).layer->name.data(),
               wire::name(error));
  return false;
}

// Whether keywords set other attributes: ICMP's own `data` is one of them then.
bool sets_more_than_data(const Kind& kind, PyObject* keywords) noexcept {
  return std::ranges::any_of(kind.layer->fields, [keywords](const steel::Field& field) {
    return field.name != "data" && PyDict_GetItemString(keywords, field.name.data()) != nullptr;
  });
}

// The bytes that arguments have, as from_buffer() finds them; none, perhaps with an exception set.
Ref bytes_given(PyObject* self, PyObject* first, PyObject* keywords) noexcept {
  if (first != nullptr) return bytes_like(first);
  const Kind& kind = kind_of(self);
  const bool has_attribute = keywords != nullptr && kind.layer->field("data") != nullptr;
  if (has_attribute && sets_more_than_data(kind, keywords)) return {};
  PyObject* const data = keywords == nullptr ? nullptr : PyDict_GetItemString(keywords, "data");
  return data != nullptr ? bytes_like(data) : Ref{};
}

bool initialise(PyObject* self, PyObject* first, PyObject* keywords) noexcept {
  if (!refuse_other_keywords(self, keywords) || !take_l7_ports(self, keywords)) return false;
  if (!reads(kind_of(self))) return true;
  const Ref data = bytes_given(self, first, keywords);
  if (data) return initialise_of_bytes(self, data.get(), keywords);
  if (PyErr_Occurred() != nullptr) return false;
  if (first != nullptr && is_own(self)) {
    PyErr_Format(PyExc_TypeError, "%s() takes bytes or an array of unsigned char, not %s",
                 kind_of(self).layer->name.data(), Py_TYPE(first)->tp_name);
    return false;
  }
  return take_keywords(self, keywords);
}

PyObject* create(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  return make_empty(kind_of_type(type), type);
}

int initialise_object(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  PyObject* const first =
      PyTuple_GET_SIZE(arguments) == 1 ? PyTuple_GET_ITEM(arguments, 0) : nullptr;
  return initialise(self, first, keywords) ? 0 : -1;
}

int traverse(PyObject* self, visitproc visit, void* arg) noexcept {
  WeirPkt& pkt = pkt_of(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(pkt.payload);
  Py_VISIT(pkt.l7_ports);
  Py_VISIT(pkt.said);
  return 0;
}

int clear(PyObject* self) noexcept {
  WeirPkt& pkt = pkt_of(self);
  Py_CLEAR(pkt.payload);
  Py_CLEAR(pkt.l7_ports);
  Py_CLEAR(pkt.said);
  return 0;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"  // in Python's macro
// A chain of layers is taken down one after the other.
void destroy(PyObject* self) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  PyObject_GC_UnTrack(self);
  Py_TRASHCAN_BEGIN(self, destroy) clear(self);
  WeirPkt& pkt = pkt_of(self);
  Py_CLEAR(pkt.data);
  if (pkt.kind != nullptr) kind_of(self).destroy(header_of(self));
  type->tp_free(self);
  Py_DECREF(type);
  Py_TRASHCAN_END
}
#pragma GCC diagnostic pop

}  // namespace

bool check_l7_ports(PyObject* given) noexcept {
  const char* const words = "l7_ports is a dict of ports, 0 to 65535, and PKT classes";
  PyObject* port = nullptr;
  PyObject* of_class = nullptr;
  bool is_right = given != nullptr && PyDict_Check(given);
  for (Py_ssize_t at = 0; is_right && PyDict_Next(given, &at, &port, &of_class) != 0;) {
    const long number = PyLong_Check(port) ? PyLong_AsLong(port) : -1;
    PyErr_Clear();
    is_right = number >= 0 && number <= 0xffff && PyCallable_Check(of_class) != 0;
    if (!is_right) {
      PyErr_Format(PyExc_TypeError, "%s, not {%R: %R}", words, port, of_class);
      return false;
    }
  }
  if (!is_right) PyErr_SetString(PyExc_TypeError, words);
  return is_right;
}

bool is_pkt(PyObject* object) noexcept { return PyObject_TypeCheck(object, pkt_kind().type) != 0; }

const Kind& kind_of_type(PyTypeObject* type) noexcept {
  for (; type != nullptr; type = type->tp_base) {
    for (const Kind& kind : kinds()) {
      if (kind.type == type) return kind;
    }
  }
  return pkt_kind();
}

PyObject* read_layer(const Kind& kind, PyObject* data, std::size_t at, std::size_t length,
                     PyObject* l7_ports, int depth) noexcept {
  Ref self = Ref::steal(make_empty(kind, kind.type));
  if (!self) return nullptr;
  WeirPkt& pkt = pkt_of(self.get());
  pkt.depth = static_cast<std::uint8_t>(depth);
  pkt.l7_ports = Py_XNewRef(l7_ports);
  wire::ParseError error{};
  switch (read_bytes(self.get(), data, at, length, &error)) {
    case Read::done:
      return self.release();
    case Read::failed:
      return nullptr;
    case Read::refused:
      break;
  }
  return read_layer(null_kind(), data, at, length, nullptr, depth);
}

PyObject* field_object(PyObject* self, const steel::Field& field) noexcept {
  const WeirPkt& pkt = pkt_of(self);
  const bool is_measured =
      field.is_payload_length && pkt.payload != nullptr && pkt.has_said_length == 0;
  if (!is_measured) return value_object(field.kind, field.get(header_of(self)));
  const Ref payload = Ref::share(pkt.payload);
  return guarded([&]() -> PyObject* {
    steel::Octets out;
    if (!append_layer(payload.get(), out, {.within = true})) return nullptr;
    return PyLong_FromSize_t(std::min<std::size_t>(out.size(), field.most));
  });
}

PyObject* payload_of(PyObject* self) noexcept {
  WeirPkt& pkt = pkt_of(self);
  if (pkt.payload != nullptr) return Py_NewRef(pkt.payload);
  const Kind& kind = kind_of(self);
  PyObject* made = nullptr;
  if (kind.make_payload != nullptr) {
    made = kind.make_payload(self);
  } else if (pkt.data == nullptr) {
    made = make_empty(null_kind(), null_kind().type);
  } else {
    made =
        read_next(self, static_cast<Next>(pkt.next), pkt.data, pkt.payload_at, pkt.payload_length);
  }
  if (made == nullptr) return nullptr;
  // A class of the user's may have asked for it meanwhile.
  if (pkt.payload == nullptr) {
    pkt.payload = made;
  } else {
    Py_DECREF(made);
  }
  return Py_NewRef(pkt.payload);
}

PyObject* call_kind(const Kind& kind, PyObject* const* arguments, std::size_t count,
                    PyObject* names) noexcept {
  Ref self = Ref::steal(make_empty(kind, kind.type));
  if (!self) return nullptr;
  if (count > 1) {
    return PyErr_Format(PyExc_TypeError, "%s() takes at most one argument that is no keyword",
                        kind.layer->name.data());
  }
  PyObject* const first = count == 1 ? arguments[0] : nullptr;
  Ref keywords;
  if (names != nullptr && PyTuple_GET_SIZE(names) != 0) {
    keywords = Ref::steal(PyDict_New());
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
      if (!keywords || PyDict_SetItem(keywords.get(), PyTuple_GET_ITEM(names, i),
                                      arguments[count + static_cast<std::size_t>(i)]) < 0) {
        return nullptr;
      }
    }
  }
  return initialise(self.get(), first, keywords.get()) ? self.release() : nullptr;
}

std::vector<PyType_Slot> object_slots() noexcept {
  return {{Py_tp_new, slot(create)},
          {Py_tp_init, slot(initialise_object)},
          {Py_tp_dealloc, slot(destroy)},
          {Py_tp_traverse, slot(traverse)},
          {Py_tp_clear, slot(clear)}};
}

PyGetSetDef field_property(const steel::Field& field, const char* meaning) noexcept {
  return {field.name.data(), get_field, field.set != nullptr ? set_field : nullptr, meaning,
          const_cast<steel::Field*>(&field)};
}

PyGetSetDef payload_property(const steel::LayerClass& layer) noexcept {
  return {layer.payload_name.data(), get_payload, set_payload, "What follows the header.", nullptr};
}

}  // namespace weir::python
