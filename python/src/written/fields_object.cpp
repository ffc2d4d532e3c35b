// Types for headers to be written, made from the tables when the module is loaded.
#include "fields_object.h"

#include <algorithm>
#include <deque>
#include <new>
#include <string>
#include <vector>

#include "address_object.h"
#include "field_value.h"
#include "headers/table_type.h"
#include "near_names.h"
#include "raise.h"
#include "weir/error.h"
#include "weir/nearest.h"

namespace weir::python {
namespace {

using record::FieldsFormat;
using record::SettableField;

/// The type of a format.
struct FieldsType : TableType {
  const FieldsFormat* format = nullptr;
};

/// In the order of record::fields_formats().
std::deque<FieldsType> types;
PyTypeObject* base_type = nullptr;

FieldsObject& self_of(PyObject* object) noexcept {
  return *reinterpret_cast<FieldsObject*>(object);
}

const FieldsType& type_of(const FieldsFormat& format) noexcept {
  return types[static_cast<std::size_t>(&format - record::fields_formats().data())];
}

/// A new object of a format, all as it is by default; null with an exception set.
PyObject* make(const FieldsFormat& format) noexcept {
  PyTypeObject* const type = type_of(format).type;
  PyObject* const object = type->tp_alloc(type, 0);
  if (object == nullptr) return nullptr;
  FieldsObject& self = self_of(object);
  new (&self.fields) wire::AnyFields{format.defaults};
  self.format = &format;
  return object;
}

void destroy(PyObject* object) noexcept {
  Py_XDECREF(self_of(object).held);
  PyTypeObject* const type = Py_TYPE(object);
  type->tp_free(object);
  Py_DECREF(type);
}

/// Null leaves the field open. False with an exception set, and the header as it was.
bool set_field(FieldsObject& self, std::size_t index, PyObject* given) noexcept {
  const SettableField& field = self.format->fields[index];
  FieldValue value;
  if (!field_value(*self.format, field, given, value)) return false;
  Ref key;
  if (value.owner) {
    if (self.held == nullptr) self.held = PyDict_New();
    key = Ref::steal(PyLong_FromSize_t(index));
    if (self.held == nullptr || !key) return false;
  }
  // From here on no other code runs: what is borrowed stays held.
  wire::AnyFields changed = self.fields;
  if (const auto error = field.set(changed, value.value)) {
    raise_refused(*self.format, field, given, *error);
    return false;
  }
  if (key && PyDict_SetItem(self.held, key.get(), value.owner.get()) < 0) return false;
  self.fields = changed;
  return true;
}

int set_attribute(PyObject* self, PyObject* given, void* closure) noexcept {
  return set_field(self_of(self), reinterpret_cast<std::uintptr_t>(closure), given) ? 0 : -1;
}

PyObject* attribute(PyObject* self, void* closure) noexcept {
  const FieldsObject& header = self_of(self);
  return field_object(header.format->fields[reinterpret_cast<std::uintptr_t>(closure)],
                      header.fields);
}

PyObject* attribute_by_name(PyObject* self, PyObject* name) noexcept {
  return attribute_or_near(self, name, type_of(*self_of(self).format).attribute_names);
}

/// Setting what is no field would otherwise tell of "no attribute" alone.
int set_by_name(PyObject* self, PyObject* name, PyObject* given) noexcept {
  if (PyObject_GenericSetAttr(self, name, given) == 0) return 0;
  if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
    PyErr_Clear();
    if (const Ref found = Ref::steal(attribute_by_name(self, name))) {
      PyErr_Format(PyExc_AttributeError, "%s.%U cannot be set", Py_TYPE(self)->tp_name, name);
    }
  }
  return -1;
}

/// "IPv4() has no field 'tll': did you mean ttl?"
void raise_unknown_field(const FieldsType& type, PyObject* name) noexcept {
  static_cast<void>(guarded([&]() -> PyObject* {
    const char* const characters = PyUnicode_AsUTF8(name);
    if (characters == nullptr) return nullptr;
    const std::string meant = nearest(characters, type.attribute_names);
    return PyErr_Format(PyExc_TypeError, "%s() has no field '%s'%s", type.format->name.data(),
                        characters, meant.empty() ? "" : did_you_mean(meant).c_str());
  }));
}

PyObject* create(PyTypeObject* of, PyObject* arguments, PyObject* keywords) noexcept {
  const auto type = std::ranges::find(types, of, &FieldsType::type);
  if (type == types.end() || PyTuple_GET_SIZE(arguments) != 0) {
    return PyErr_Format(PyExc_TypeError, "%s() takes fields by name only", of->tp_name);
  }
  Ref object = Ref::steal(make(*type->format));
  if (!object || keywords == nullptr) return object.release();
  const FieldsFormat& format = *type->format;
  std::vector<bool> given;
  try {
    given.resize(format.fields.size());
  } catch (const std::bad_alloc&) {
    return PyErr_NoMemory();
  }
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  for (Py_ssize_t at = 0; PyDict_Next(keywords, &at, &name, &value) != 0;) {
    const char* const characters = PyUnicode_AsUTF8(name);
    if (characters == nullptr) return nullptr;
    const SettableField* const field = format.find(characters);
    if (field == nullptr) {
      raise_unknown_field(*type, name);
      return nullptr;
    }
    const auto index = static_cast<std::size_t>(field - format.fields.data());
    if (given[index]) {
      return PyErr_Format(PyExc_TypeError, "%s() has the field '%s' twice", format.name.data(),
                          field->description.name.data());
    }
    given[index] = true;
    if (!set_field(self_of(object.get()), index, value)) return nullptr;
  }
  return object.release();
}

/// The fields by their names: those that are not left open, or those that are not as by default,
/// told once.
PyObject* fields_by_name(const FieldsObject& self, bool only_changed) noexcept {
  Ref all = Ref::steal(PyDict_New());
  for (const SettableField& field : self.format->fields) {
    if (!all) return nullptr;
    const record::Value value = field.read(self.fields);
    const bool is_told = only_changed ? !field.is_part && value != field.read(self.format->defaults)
                                      : value.has_value();
    if (!is_told) continue;
    const Ref name = Ref::steal(text(field.description.name));
    const Ref object = Ref::steal(field_object(field, self.fields));
    if (!name || !object || PyDict_SetItem(all.get(), name.get(), object.get()) < 0) return nullptr;
  }
  return all.release();
}

PyObject* as_dict(PyObject* self, PyObject*) noexcept {
  return fields_by_name(self_of(self), false);
}

PyObject* new_arguments(PyObject* self, PyObject*) noexcept {
  return Py_BuildValue("(()N)", fields_by_name(self_of(self), true));
}

PyObject* represent(PyObject* self) noexcept {
  const Ref fields = Ref::steal(fields_by_name(self_of(self), true));
  if (!fields) return nullptr;
  Ref line = Ref::steal(PyUnicode_FromFormat("%s(", Py_TYPE(self)->tp_name));
  const char* separator = "";
  PyObject* name = nullptr;
  PyObject* value = nullptr;
  for (Py_ssize_t at = 0; line && PyDict_Next(fields.get(), &at, &name, &value) != 0;) {
    line = Ref::steal(PyUnicode_FromFormat(is_address_object(value) ? "%U%s%U='%S'" : "%U%s%U=%R",
                                           line.get(), separator, name, value));
    separator = ", ";
  }
  return line ? PyUnicode_FromFormat("%U)", line.get()) : nullptr;
}

PyObject* compare(PyObject* self, PyObject* other, int operation) noexcept {
  if (Py_TYPE(self) != Py_TYPE(other) || (operation != Py_EQ && operation != Py_NE)) {
    Py_RETURN_NOTIMPLEMENTED;
  }
  const FieldsObject& left = self_of(self);
  const FieldsObject& right = self_of(other);
  const bool equal = std::ranges::all_of(left.format->fields, [&](const SettableField& field) {
    return field.read(left.fields) == field.read(right.fields);
  });
  return PyBool_FromLong(equal == (operation == Py_EQ) ? 1 : 0);
}

PyObject* to_bytes(PyObject* self, PyObject*) noexcept {
  wire::AnyFields header = self_of(self).fields;
  if (auto* const ethernet = std::get_if<wire::EthernetFields>(&header)) {
    ethernet->trailer = {.padded_to = 0};
  }
  const std::size_t length = wire::header_length(header);
  Ref bytes = Ref::steal(PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(length)));
  if (!bytes) return nullptr;
  auto* const start = reinterpret_cast<std::uint8_t*>(PyBytes_AS_STRING(bytes.get()));
  const auto built = wire::build({start, length}, {&header, 1}, {});
  if (built) return bytes.release();
  return guarded([&]() -> PyObject* {
    throw Error{ErrorCode::invalid_argument,
                std::string{self_of(self).format->name} + ": " + wire::name(built.error().error)};
  });
}

/// The default of a field as Python writes it.
std::string default_text(const FieldsFormat& format, const SettableField& field) {
  const Ref value = Ref::steal(field_object(field, format.defaults));
  const Ref shown =
      Ref::steal(!value                           ? nullptr
                 : is_address_object(value.get()) ? PyUnicode_FromFormat("'%S'", value.get())
                                                  : PyObject_Repr(value.get()));
  const char* const characters = shown ? PyUnicode_AsUTF8(shown.get()) : nullptr;
  PyErr_Clear();
  return characters == nullptr ? "None" : characters;
}

void describe(FieldsType& of) {
  std::string signature = std::string{of.format->name} + "(*";
  std::string short_names;
  const auto fields = of.format->fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const record::FieldDescription& field = fields[i].description;
    const std::string otherwise = default_text(*of.format, fields[i]);
    const std::string kind = fields[i].is_address ? "octets" : std::string{name(field.kind)};
    const std::string_view alias =
        of.add(field.name, kind + ": " + std::string{field.meaning} + "; by default " + otherwise,
               i, attribute, set_attribute);
    signature += ", " + std::string{field.name} + "=" + otherwise;
    if (!alias.empty()) short_names += ", " + std::string{alias} + "=" + otherwise;
  }
  of.documentation = signature + short_names +
                     ")\n--\n\nA header to be written: " + std::string{of.format->title} +
                     ".\n\nA field that is None is filled in by weir.build().";
}

bool make_base(PyObject* module) noexcept {
  static PyMethodDef methods[] = {
      {"__bytes__", to_bytes, METH_NOARGS,
       "__bytes__($self, /)\n--\n\nThe header alone, as weir.build() writes it with nothing "
       "behind."},
      {"__getnewargs_ex__", new_arguments, METH_NOARGS, nullptr},
      {"as_dict", as_dict, METH_NOARGS,
       "as_dict($self, /)\n--\n\nThe fields that are not left open, by their names."},
      {}};
  PyType_Slot slots[] = {
      {Py_tp_doc, const_cast<char*>("A header to be written, field by field: see weir.build(). "
                                    "May be changed; equal to those with equal fields.")},
      {Py_tp_dealloc, slot(destroy)},
      {Py_tp_getattro, slot(attribute_by_name)},
      {Py_tp_setattro, slot(set_by_name)},
      {Py_tp_repr, slot(represent)},
      {Py_tp_richcompare, slot(compare)},
      {Py_tp_hash, slot(PyObject_HashNotImplemented)},
      {Py_tp_methods, methods},
      {}};
  PyType_Spec spec{"weir.Fields", static_cast<int>(sizeof(FieldsObject)), 0,
                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE |
                       Py_TPFLAGS_DISALLOW_INSTANTIATION,
                   slots};
  base_type = reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return base_type != nullptr && PyModule_AddType(module, base_type) == 0;
}

}  // namespace

PyObject* fields_object(const wire::AnyFields& fields) noexcept {
  const FieldsFormat* const format = record::format_of(fields);
  if (format == nullptr) {
    return PyErr_Format(PyExc_TypeError, "there are no fields to set for such a header");
  }
  Ref object = Ref::steal(make(*format));
  if (!object) return nullptr;
  FieldsObject& self = self_of(object.get());
  self.held = PyDict_New();
  wire::AnyFields own = fields;
  for (std::size_t i = 0; i < format->fields.size(); ++i) {
    const SettableField& field = format->fields[i];
    const record::Value value = field.read(own);
    const Bytes* const octets = std::get_if<Bytes>(&value.content());
    if (octets == nullptr) continue;
    const Ref key = Ref::steal(PyLong_FromSize_t(i));
    const Ref copy = Ref::steal(bytes_object(*octets));
    if (self.held == nullptr || !key || !copy) return nullptr;
    if (PyDict_SetItem(self.held, key.get(), copy.get()) < 0) return nullptr;
    static_cast<void>(field.set(own, octets_of(copy.get())));
  }
  self.fields = own;
  return object.release();
}

FieldsObject* fields_of(PyObject* object) noexcept {
  const bool is_one = std::ranges::find(types, Py_TYPE(object), &FieldsType::type) != types.end();
  return is_one ? &self_of(object) : nullptr;
}

bool add_fields_types(PyObject* module) noexcept {
  if (!make_base(module)) return false;
  Ref names = Ref::steal(Py_BuildValue("[s]", "Fields"));
  for (const FieldsFormat& format : record::fields_formats()) {
    FieldsType& of = types.emplace_back();
    of.format = &format;
    of.name = "weir." + std::string{format.name};
    describe(of);
    if (!of.make(module, sizeof(FieldsObject), base_type, create)) return false;
    const Ref name = Ref::steal(text(format.name));
    if (!names || !name || PyList_Append(names.get(), name.get()) < 0) return false;
  }
  return names && PyModule_AddObjectRef(module, "__all__", names.get()) == 0;
}

}  // namespace weir::python
