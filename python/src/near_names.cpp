// Errors that suggest the name that is near.
#include "near_names.h"

#include <new>

#include "weir/nearest.h"

namespace weir::python {
namespace {

/// "; did you mean dns?", or what `otherwise` says.
std::string suggestion(PyObject* name, const std::vector<std::string>& known,
                       const char* otherwise) {
  Py_ssize_t size = 0;
  const char* const characters =
      PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, &size) : nullptr;
  if (characters == nullptr) {
    PyErr_Clear();
    return otherwise;
  }
  const std::string meant = nearest({characters, static_cast<std::size_t>(size)}, known);
  return meant.empty() ? otherwise : did_you_mean(meant);
}

}  // namespace

PyObject* attribute_or_near(PyObject* self, PyObject* name,
                            const std::vector<std::string>& known) noexcept {
  PyObject* const found = PyObject_GenericGetAttr(self, name);
  if (found != nullptr || !PyErr_ExceptionMatches(PyExc_AttributeError)) return found;
  PyErr_Clear();
  try {
    const std::string hint = suggestion(name, known, "");
    PyErr_Format(PyExc_AttributeError, "'%s' object has no attribute '%U'%s",
                 Py_TYPE(self)->tp_name, name, hint.c_str());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
  return nullptr;
}

void raise_unknown_key(const char* kind, PyObject* key, const std::vector<std::string>& known,
                       const char* others) noexcept {
  try {
    const std::string hint = suggestion(key, known, others);
    PyErr_Format(PyExc_KeyError, "there is no %s %R%s", kind, key, hint.c_str());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
}

}  // namespace weir::python
