// Objects of pybind11 that refer to Python's: the garbage collector sees through them.
#pragma once

#include <pybind11/pybind11.h>

namespace weir::python {

/// The C++ object behind one of Python's; null before __init__().
template <class Class>
Class* behind(PyObject* self) noexcept {
  auto* const instance = reinterpret_cast<pybind11::detail::instance*>(self);
  return static_cast<Class*>(instance->get_value_and_holder().value_ptr());
}

/// For py::class_<Class>: Class has `template <class Visit> void visit_references(Visit)`, which
/// calls it with every pybind11::object& it owns, and must not run other code.
template <class Class>
pybind11::custom_type_setup collected() {
  return pybind11::custom_type_setup{[](PyHeapTypeObject* heap_type) {
    PyTypeObject* const type = &heap_type->ht_type;
    type->tp_flags |= Py_TPFLAGS_HAVE_GC;
    type->tp_traverse = [](PyObject* self, visitproc visit, void* arg) {
      Py_VISIT(Py_TYPE(self));
      int result = 0;
      if (Class* const object = behind<Class>(self)) {
        object->visit_references([&](pybind11::object& reference) {
          if (result == 0 && reference) result = visit(reference.ptr(), arg);
        });
      }
      return result;
    };
    type->tp_clear = [](PyObject* self) {
      if (Class* const object = behind<Class>(self)) {
        object->visit_references([](pybind11::object& reference) {
          if (!reference) return;
          const pybind11::object released = std::exchange(reference, pybind11::none());
        });
      }
      return 0;
    };
  }};
}

}  // namespace weir::python
