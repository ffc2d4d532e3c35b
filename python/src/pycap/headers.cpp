// Types for the headers of pycap: one for each alternative of any_header.
#include <array>
#include <iterator>
#include <new>
#include <span>

#include "pycap/attributes.h"
#include "pycap/pycap.h"
#include "raise.h"

namespace weir::python::pycap {
namespace {

namespace protocol = compat::pycap::protocol;

/// What a constructor takes, by its order, and the member that it sets.
struct Parameter {
  const char* name;
  setter set;
};

/// What one type is made of.
struct HeaderKind {
  const char* name;
  /// With the signature.
  const char* doc;
  PyGetSetDef* attributes;
  std::span<const Parameter> parameters;
  std::size_t required;
  any_header fresh;
  PyTypeObject* type = nullptr;
};

template <auto member>
constexpr PyGetSetDef held(const char* name, const char* doc) noexcept {
  return {name, attribute<member>, set_attribute<member>, doc, nullptr};
}
template <auto member>
constexpr Parameter takes(const char* name) noexcept {
  return {name, set_attribute<member>};
}

PyObject* packet(PyObject* self, void*) noexcept {
  const Bytes bytes = part_of<protocol::raw>(header_in(self)).packet();
  PyObject* const frame = reinterpret_cast<HeaderObject*>(self)->frame;
  if (frame == nullptr) Py_RETURN_NONE;
  if (bytes.size() == octets_of(frame).size()) return Py_NewRef(frame);
  return bytes_object(bytes);
}

constexpr PyGetSetDef packet_property{
    "packet", packet, nullptr,
    "What was captured, from the header's first byte on, as bytes; None for a header that a "
    "program has made.",
    nullptr};

#include "pycap/header_kinds.inc"

HeaderKind* kind_of(PyTypeObject* type) noexcept {
  for (; type != nullptr; type = type->tp_base) {
    for (HeaderKind& kind : kinds) {
      if (kind.type == type) return &kind;
    }
  }
  return nullptr;
}

HeaderObject* allocated(PyTypeObject* type, const any_header& header) noexcept {
  PyObject* const object = type->tp_alloc(type, 0);
  if (object == nullptr) return nullptr;
  auto* const made = reinterpret_cast<HeaderObject*>(object);
  new (&made->header) any_header{header};
  return made;
}

void destroy(PyObject* object) noexcept {
  PyTypeObject* const type = Py_TYPE(object);
  Py_XDECREF(reinterpret_cast<HeaderObject*>(object)->frame);
  type->tp_free(object);
  Py_DECREF(type);
}

PyObject* represent(PyObject* self) noexcept {
  return guarded([&] { return text(to_string(header_in(self))); });
}

/// The parameter of that name; null with TypeError.
const Parameter* parameter_of(const HeaderKind& kind, PyObject* name) noexcept {
  for (const Parameter& one : kind.parameters) {
    if (PyUnicode_CompareWithASCIIString(name, one.name) == 0) return &one;
  }
  PyErr_Format(PyExc_TypeError, "%s() has no parameter '%U'", kind.name, name);
  return nullptr;
}

/// Sets what keywords name, each once. False with an exception set.
bool take_keywords(const HeaderKind& kind, PyObject* self, PyObject* keywords,
                   std::span<bool> given) noexcept {
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  for (Py_ssize_t at = 0; keywords != nullptr && PyDict_Next(keywords, &at, &name, &value) != 0;) {
    const Parameter* const found = parameter_of(kind, name);
    if (found == nullptr) return false;
    bool& is_given = given[static_cast<std::size_t>(found - kind.parameters.data())];
    if (is_given) {
      PyErr_Format(PyExc_TypeError, "%s() is given '%U' twice", kind.name, name);
      return false;
    }
    is_given = true;
    if (found->set(self, value, nullptr) < 0) return false;
  }
  return true;
}

PyObject* create(PyTypeObject* type, PyObject* arguments, PyObject* keywords) noexcept {
  const HeaderKind& kind = *kind_of(type);
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(arguments));
  if (count > kind.parameters.size()) {
    return PyErr_Format(PyExc_TypeError, "%s() takes %zu arguments at most, %zu are given",
                        kind.name, kind.parameters.size(), count);
  }
  Ref object = Ref::steal(reinterpret_cast<PyObject*>(allocated(type, kind.fresh)));
  if (!object) return nullptr;
  std::array<bool, 16> given{};
  for (std::size_t i = 0; i < count; ++i) {
    given[i] = true;
    PyObject* const value = PyTuple_GET_ITEM(arguments, static_cast<Py_ssize_t>(i));
    if (kind.parameters[i].set(object.get(), value, nullptr) < 0) return nullptr;
  }
  if (!take_keywords(kind, object.get(), keywords, given)) return nullptr;
  for (std::size_t i = 0; i < kind.required; ++i) {
    if (!given[i]) {
      return PyErr_Format(PyExc_TypeError, "%s() lacks '%s'", kind.name, kind.parameters[i].name);
    }
  }
  return object.release();
}

/// A made type; its base if it is a message of ICMP.
bool add_type(PyObject* module, HeaderKind& kind, PyTypeObject* base) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(kind.doc)}, {Py_tp_new, slot(create)},
                         {Py_tp_dealloc, slot(destroy)},           {Py_tp_repr, slot(represent)},
                         {Py_tp_getset, kind.attributes},          {}};
  PyType_Spec spec{kind.name, static_cast<int>(sizeof(HeaderObject)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE, slots};
  kind.type = reinterpret_cast<PyTypeObject*>(
      PyType_FromModuleAndSpec(module, &spec, reinterpret_cast<PyObject*>(base)));
  return kind.type != nullptr && PyModule_AddType(module, kind.type) == 0;
}

}  // namespace

PyObject* value_object(const MacAddress& value) noexcept {
  char characters[max_address_text];
  return PyUnicode_FromStringAndSize(characters, write_text(characters, value) - characters);
}

PyObject* value_object(const Ipv4Address& value) noexcept {
  char characters[max_address_text];
  return PyUnicode_FromStringAndSize(characters, write_text(characters, value) - characters);
}

bool number_of(PyObject* given, unsigned long most, unsigned long& number) noexcept {
  const Ref whole = Ref::steal(PyNumber_Index(given));
  if (!whole) return false;
  number = PyLong_AsUnsignedLong(whole.get());
  if (PyErr_Occurred() == nullptr && number <= most) return true;
  PyErr_Clear();
  PyErr_Format(PyExc_OverflowError, "a number from 0 to %lu is needed, not %S", most, whole.get());
  return false;
}

namespace {

/// What `parse` makes of a text. False with TypeError set for what is none.
template <class Value, class Parse>
bool set_text(Value& to, PyObject* given, Parse parse) noexcept {
  if (!PyUnicode_Check(given)) {
    PyErr_Format(PyExc_TypeError, "a str is needed, not %s", Py_TYPE(given)->tp_name);
    return false;
  }
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(given, &size);
  if (characters == nullptr) return false;
  try {
    to = parse({characters, static_cast<std::size_t>(size)});
    return true;
  } catch (const Error& error) {
    PyErr_SetString(PyExc_TypeError, error.what());
  } catch (...) {
    raise_current();
  }
  return false;
}

}  // namespace

bool set_value(MacAddress& to, PyObject* given) noexcept {
  return set_text(to, given, protocol::mac);
}

bool set_value(Ipv4Address& to, PyObject* given) noexcept {
  return set_text(to, given, protocol::address);
}

PyObject* header_object(const any_header& header, PyObject* frame) noexcept {
  HeaderObject* const made = allocated(kinds[header.index()].type, header);
  if (made != nullptr) made->frame = Py_NewRef(frame);
  return reinterpret_cast<PyObject*>(made);
}

const any_header* header_of(PyObject* object) noexcept {
  return kind_of(Py_TYPE(object)) == nullptr ? nullptr : &header_in(object);
}

bool add_header_types(PyObject* module) noexcept {
  static_assert(std::size(kinds) == std::variant_size_v<any_header>);
  PyTypeObject* message = nullptr;
  for (HeaderKind& kind : kinds) {
    if (!add_type(module, kind, message)) return false;
    if (std::holds_alternative<protocol::icmp>(kind.fresh)) message = kind.type;
  }
  return true;
}

}  // namespace weir::python::pycap
