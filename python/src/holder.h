// Types of Python by hand: an object around a value of C++, which only C++ makes.
#pragma once

#include <new>
#include <utility>

#include "object.h"

namespace weir::python {

template <class Content>
struct Holder {
  PyObject_HEAD Content content;
};

template <class Content>
Content& content_of(PyObject* self) noexcept {
  return reinterpret_cast<Holder<Content>*>(self)->content;
}

/// Null with an exception set.
template <class Content>
PyObject* made(PyTypeObject* type, Content content) noexcept {
  PyObject* const object = type->tp_alloc(type, 0);
  if (object != nullptr) new (&content_of<Content>(object)) Content{std::move(content)};
  return object;
}

/// What Py_tp_dealloc is.
template <class Content>
void destroy(PyObject* self) noexcept {
  PyTypeObject* const type = Py_TYPE(self);
  content_of<Content>(self).~Content();
  type->tp_free(self);
  Py_DECREF(type);
}

/// The type of Holder<Content>; null with an exception set. `name` has to last.
template <class Content>
PyTypeObject* add_holder_type(PyObject* module, const char* name, PyType_Slot* slots) noexcept {
  PyType_Spec spec{
      name, static_cast<int>(sizeof(Holder<Content>)), 0,
      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  auto* const type =
      reinterpret_cast<PyTypeObject*>(PyType_FromModuleAndSpec(module, &spec, nullptr));
  return type != nullptr && PyModule_AddType(module, type) == 0 ? type : nullptr;
}

}  // namespace weir::python
