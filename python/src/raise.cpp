// Asks weir._errors for the exception that stands for an error, with all that it knows.
#include "raise.h"

#include <exception>
#include <new>

#include "weir/error.h"

namespace weir::python {
namespace {

/// Steals `facts`, which may be null with an exception set.
void set(const char* kind, const Error& error, PyObject* facts) noexcept {
  const Ref known = Ref::steal(facts);
  const Ref errors = Ref::steal(known ? PyImport_ImportModule("weir._errors") : nullptr);
  const Ref made = Ref::steal(errors ? PyObject_CallMethod(errors.get(), kind, "iNO",
                                                           static_cast<int>(error.code()),
                                                           text(error.what()), known.get())
                                     : nullptr);
  if (made) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
}

PyObject* position_of(const FilterError& error) noexcept {
  if (!error.position()) Py_RETURN_NONE;
  return PyLong_FromSize_t(*error.position());
}

}  // namespace

void raise_current() noexcept {
  try {
    throw;
  } catch (const FormatError& error) {
    set("format_error", error, PyLong_FromUnsignedLongLong(error.offset()));
  } catch (const FilterError& error) {
    set("filter_error", error, Py_BuildValue("(NN)", text(error.expression()), position_of(error)));
  } catch (const SystemError& error) {
    set("system_error", error, PyLong_FromLong(error.system_code().value()));
  } catch (const Error& error) {
    set("error", error, Py_NewRef(Py_None));
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

}  // namespace weir::python
