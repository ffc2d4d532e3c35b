// Takes from pybind11's classes what makes uninitialised objects.
#include "sealed.h"

namespace py = pybind11;

namespace weir::python {
namespace {

// pybind11 asks for memory like this only where an object has none: its __init__() has not run.
void* refuse_memory(std::size_t) {
  throw py::type_error("__init__() of this object has not been called");
}

PyObject* refuse_new(PyTypeObject* type, PyObject*, PyObject*) noexcept {
  PyErr_Format(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
  return nullptr;
}

void seal(PyTypeObject* type) {
  py::detail::get_type_info(type)->operator_new = refuse_memory;
  const auto* const base =
      reinterpret_cast<PyTypeObject*>(py::detail::get_internals().instance_base);
  if (type->tp_init != base->tp_init) return;  // it has a constructor
  type->tp_new = refuse_new;
  PyType_Modified(type);
}

}  // namespace

void seal_classes(py::handle module) {
  const auto* const metaclass =
      reinterpret_cast<PyObject*>(py::detail::get_internals().default_metaclass);
  for (const auto& [name, value] : module.attr("__dict__").cast<py::dict>()) {
    if (PyModule_Check(value.ptr())) seal_classes(value);
    if (reinterpret_cast<PyObject*>(Py_TYPE(value.ptr())) != metaclass) continue;
    seal(reinterpret_cast<PyTypeObject*>(value.ptr()));
  }
}

}  // namespace weir::python
