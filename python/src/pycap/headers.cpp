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

  /// False with an exception set.
  [[nodiscard]] bool take(PyObject* self, PyObject* value) const noexcept {
    return set(self, value, const_cast<char*>(name)) == 0;
  }
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
  return {name, attribute<member>, set_attribute<member>, doc, const_cast<char*>(name)};
}
template <auto member>
constexpr Parameter takes(const char* name) noexcept {
  return {name, set_attribute<member>};
}

PyObject* packet(PyObject* self, void*) noexcept {
  if (!is_made(self)) return nullptr;
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
  if (!is_made(self)) return nullptr;
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
    if (!found->take(self, value)) return false;
  }
  return true;
}

PyObject* create(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  return reinterpret_cast<PyObject*>(allocated(type, kind_of(type)->fresh));
}

/// Sets what the arguments of a constructor say. False with an exception set.
bool take_arguments(const HeaderKind& kind, PyObject* self, PyObject* arguments,
                    PyObject* keywords) noexcept {
  const auto count = static_cast<std::size_t>(PyTuple_GET_SIZE(arguments));
  if (count > kind.parameters.size()) {
    PyErr_Format(PyExc_TypeError, "%s() takes %zu arguments at most, %zu are given", kind.name,
                 kind.parameters.size(), count);
    return false;
  }
  std::array<bool, 16> given{};
  for (std::size_t i = 0; i < count; ++i) {
    given[i] = true;
    PyObject* const value = PyTuple_GET_ITEM(arguments, static_cast<Py_ssize_t>(i));
    if (!kind.parameters[i].take(self, value)) return false;
  }
  if (!take_keywords(kind, self, keywords, given)) return false;
  for (std::size_t i = 0; i < kind.required; ++i) {
    if (given[i]) continue;
    PyErr_Format(PyExc_TypeError, "%s() lacks '%s'", kind.name, kind.parameters[i].name);
    return false;
  }
  return true;
}

/// What fails leaves the header as it was.
int init(PyObject* self, PyObject* arguments, PyObject* keywords) noexcept {
  auto& object = *reinterpret_cast<HeaderObject*>(self);
  const any_header before = object.header;
  const bool was_made = object.is_made;
  const HeaderKind& kind = *kind_of(Py_TYPE(self));
  object.header = kind.fresh;
  object.is_made = true;
  if (take_arguments(kind, self, arguments, keywords)) {
    Py_CLEAR(object.frame);
    return 0;
  }
  object.header = before;
  object.is_made = was_made;
  return -1;
}

/// A made type; its base if it is a message of ICMP.
bool add_type(PyObject* module, HeaderKind& kind, PyTypeObject* base) noexcept {
  PyType_Slot slots[] = {{Py_tp_doc, const_cast<char*>(kind.doc)},
                         {Py_tp_new, slot(create)},
                         {Py_tp_init, slot(init)},
                         {Py_tp_dealloc, slot(destroy)},
                         {Py_tp_repr, slot(represent)},
                         {Py_tp_getset, kind.attributes},
                         {}};
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

bool number_of(PyObject* given, const char* name, unsigned long most,
               unsigned long& number) noexcept {
  const Ref whole = whole_number(given, name);
  if (!whole) return false;
  number = PyLong_AsUnsignedLong(whole.get());
  if (PyErr_Occurred() == nullptr && number <= most) return true;
  PyErr_Clear();
  PyErr_Format(PyExc_OverflowError, "%s is from 0 to %lu, not %S", name, most, whole.get());
  return false;
}

namespace {

/// What `parse` makes of a text. False with TypeError set for what is none.
template <class Value, class Parse>
bool set_text(Value& to, PyObject* given, const char* name, Parse parse) noexcept {
  if (!PyUnicode_Check(given)) {
    PyErr_Format(PyExc_TypeError, "%s is a str, not %s", name, Py_TYPE(given)->tp_name);
    return false;
  }
  // What is no text is no address; the parser says so of a text without its surrogates.
  const Ref octets = Ref::steal(PyUnicode_AsEncodedString(given, "utf-8", "backslashreplace"));
  if (!octets) return false;
  try {
    to = parse(std::string_view{PyBytes_AS_STRING(octets.get()),
                                static_cast<std::size_t>(PyBytes_GET_SIZE(octets.get()))});
    return true;
  } catch (const Error& error) {
    PyErr_Format(PyExc_TypeError, "%s: %s", name, error.what());
  } catch (...) {
    raise_current();
  }
  return false;
}

}  // namespace

bool set_value(MacAddress& to, PyObject* given, const char* name) noexcept {
  return set_text(to, given, name, protocol::mac);
}

bool set_value(Ipv4Address& to, PyObject* given, const char* name) noexcept {
  return set_text(to, given, name, protocol::address);
}

PyObject* header_object(const any_header& header, PyObject* frame) noexcept {
  HeaderObject* const made = allocated(kinds[header.index()].type, header);
  if (made == nullptr) return nullptr;
  made->frame = Py_NewRef(frame);
  made->is_made = true;
  return reinterpret_cast<PyObject*>(made);
}

const any_header* header_of(PyObject* object) noexcept {
  if (kind_of(Py_TYPE(object)) == nullptr) return nullptr;
  return is_made(object) ? &header_in(object) : nullptr;
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
