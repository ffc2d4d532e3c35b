// Asks weir._errors for the exception that stands for an error, with all that it knows.
#include "raise.h"

#include <pybind11/pybind11.h>

#include <cerrno>
#include <exception>
#include <new>
#include <string>

#include "weir/error.h"
#include "weir/filter/caret.h"
#include "weir/filter/suggestion.h"

namespace weir::python {
namespace {

/// New references, or null with an exception set.
PyObject* name_of(const Subject& subject) noexcept {
  if (subject.name.empty()) Py_RETURN_NONE;
  if (subject.kind == Subject::Kind::adapter) return text(subject.name);
  return PyUnicode_DecodeFSDefaultAndSize(subject.name.data(),
                                          static_cast<Py_ssize_t>(subject.name.size()));
}

/// Calls `maker` of weir._errors with the code, the message, the subject's name and `facts`, which
/// is stolen and may be null with an exception set.
void set(const char* maker, ErrorCode code, std::string_view message, const Subject& subject,
         PyObject* facts) noexcept {
  const Ref known = Ref::steal(facts);
  const Ref errors = Ref::steal(known ? PyImport_ImportModule("weir._errors") : nullptr);
  const Ref made =
      Ref::steal(errors ? PyObject_CallMethod(errors.get(), maker, "iNNO", static_cast<int>(code),
                                              text(message), name_of(subject), known.get())
                        : nullptr);
  if (made) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
}

/// The errno, and whether an adapter refused.
PyObject* facts_of(int number, const Subject& subject) noexcept {
  return Py_BuildValue("(iN)", number,
                       PyBool_FromLong(subject.kind == Subject::Kind::adapter ? 1 : 0));
}

/// Expression, position, and what is shown below the message: the caret, what may have been meant.
PyObject* facts_of(const FilterError& error) noexcept {
  try {
    const std::string& expression = error.expression();
    std::string shown = error.position() ? filter::underlined(expression, *error.position(), 1, {})
                                         : filter::excerpt(expression);
    if (error.code() == ErrorCode::filter_syntax) {
      const std::string meant = filter::suggested_filter(expression);
      if (!meant.empty()) shown += "did you mean: " + meant + '\n';
    }
    shown.pop_back();
    const Ref position =
        error.position() ? Ref::steal(PyLong_FromSize_t(*error.position())) : Ref::share(Py_None);
    return Py_BuildValue("(NON)", text(expression), position.get(), text(shown));
  } catch (const std::exception&) {
    return PyErr_NoMemory();
  }
}

}  // namespace

void raise_current(const Subject& subject) noexcept {
  try {
    throw;
  } catch (const FormatError& error) {
    set("format_error", error.code(), error.what(), subject,
        PyLong_FromUnsignedLongLong(error.offset()));
  } catch (const FilterError& error) {
    set("filter_error", error.code(), error.what(), {}, facts_of(error));
  } catch (const SystemError& error) {
    set("system_error", error.code(), error.what(), subject,
        facts_of(error.system_code().value(), subject));
  } catch (const Error& error) {
    set("error", error.code(), error.what(), subject, Py_NewRef(Py_None));
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (pybind11::error_already_set& error) {
    error.restore();
  } catch (const pybind11::builtin_exception& error) {
    error.set_error();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  } catch (...) {
    // Without the GIL it is the end of a thread that the interpreter does not let go on:
    // take_gil().
    while (PyGILState_Check() == 0) ::pause();
    PyErr_SetString(PyExc_RuntimeError, "an exception that is none of C++'s own");
  }
}

void raise_trouble(const savefile::Trouble& trouble, std::string_view path) noexcept {
  const Subject subject{Subject::Kind::file, path};
  if (trouble.offset) {
    set("format_error", trouble.code, trouble.message, subject,
        PyLong_FromUnsignedLongLong(*trouble.offset));
  } else if (trouble.system_error != 0) {
    set("system_error", trouble.code, trouble.message, subject,
        facts_of(trouble.system_error, subject));
  } else {
    set("error", trouble.code, trouble.message, subject, Py_NewRef(Py_None));
  }
}

void raise_gone(std::string_view adapter) noexcept {
  const Subject subject{Subject::Kind::adapter, adapter};
  try {
    set("system_error", ErrorCode::system_call, std::string{adapter} + ": the adapter is gone",
        subject, facts_of(ENODEV, subject));
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  }
}

}  // namespace weir::python
