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

void set_uninitialised() noexcept {
  PyErr_SetString(PyExc_TypeError, "__init__() of this object has not been called");
}

void set_initialised_before() noexcept {
  PyErr_SetString(PyExc_TypeError, "__init__() of this object was called before");
}

// As names of files, which may be any octets but 0.
bool device_of(PyObject* given, std::string& device) noexcept {
  if (given == nullptr || given == Py_None) return true;
  if (PyUnicode_Check(given) == 0) {
    PyErr_Format(PyExc_TypeError, "device is a str or None, not %s", Py_TYPE(given)->tp_name);
    return false;
  }
  PyObject* octets = nullptr;
  if (PyUnicode_FSConverter(given, &octets) == 0) {
    PyErr_Clear();
    PyErr_Format(PyExc_ValueError, "device %A is no name of an adapter", given);
    return false;
  }
  const Ref owner = Ref::steal(octets);
  return guarded(
      [&] {
        device.assign(PyBytes_AS_STRING(octets),
                      static_cast<std::size_t>(PyBytes_GET_SIZE(octets)));
        return true;
      },
      false);
}

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
