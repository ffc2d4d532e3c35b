// Exceptions of pycap's modules, which weir.compat.pycap._errors makes.
#include "pycap/pycap.h"
#include "weir/compat/pycap/error.h"

namespace weir::python::pycap {
namespace {

namespace published = compat::pycap;

/// Sets what a function of _errors makes; `arguments` is stolen and may be null.
void set(const char* maker, PyObject* arguments) noexcept {
  const Ref given = Ref::steal(arguments);
  const Ref errors =
      Ref::steal(given ? PyImport_ImportModule("weir.compat.pycap._errors") : nullptr);
  const Ref function = Ref::steal(errors ? PyObject_GetAttrString(errors.get(), maker) : nullptr);
  const Ref made =
      Ref::steal(function ? PyObject_CallObject(function.get(), given.get()) : nullptr);
  if (made) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
}

void set_own(const char* module, const Error& error) noexcept {
  set("own", Py_BuildValue("(siN)", module, static_cast<int>(error.code()), text(error.what())));
}

}  // namespace

void raise_current_of(const char* module, const Subject& subject) noexcept {
  try {
    throw;
  } catch (const published::protocol::not_implemented& error) {
    set_own("not_implemented", error);
  } catch (const published::protocol::error& error) {
    set_own("protocol", error);
  } catch (const published::inject::error& error) {
    set_own("inject", error);
  } catch (const published::error& error) {
    set_own("capture", error);
  } catch (const Error&) {
    raise_current(subject);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    set("also", Py_BuildValue("(sN)", module, value));
    Py_XDECREF(type);
    Py_XDECREF(traceback);
  } catch (...) {
    raise_current();
  }
}

}  // namespace weir::python::pycap
