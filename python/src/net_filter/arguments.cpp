// Numbers of any size come from Python; NetFilter's have 32 bits.
#include "net_filter/arguments.h"

#include <exception>
#include <utility>

#include "bindings.h"
#include "object.h"
#include "weir/compat/net_filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using compat::NetFilter;
using compat::NetFilterError;

std::string no_number(const char* name, py::handle number) {
  // It may have more digits than Python writes in decimal.
  const Ref digits = Ref::steal(PyNumber_ToBase(number.ptr(), 16));
  if (!digits) throw py::error_already_set{};
  const auto shown = py::reinterpret_borrow<py::str>(digits.get()).cast<std::string>();
  return std::string{name} + ": a number of 32 bits, not " +
         (shown.size() > 40 ? shown.substr(0, 40) + "..." : shown);
}

}  // namespace

void set_net_filter_error(int code, std::string_view message) noexcept {
  const Ref errors = Ref::steal(PyImport_ImportModule("weir._errors"));
  const Ref made = Ref::steal(
      errors ? PyObject_CallMethod(errors.get(), "net_filter_error", "iN", code, text(message))
             : nullptr);
  if (made) PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.get())), made.get());
}

void refuse_number(const char* name, py::handle number) {
  throw NetFilterError{NetFilter::ERROR_INVALID_PARAMETER, no_number(name, number)};
}

namespace {

struct Number {
  py::object whole;
  int value;
  bool fits;
};

Number number(py::handle given, const char* name) {
  Number result{
      .whole = checked(whole_number(given.ptr(), name).release()), .value = 0, .fits = false};
  int overflow = 0;
  const long value = PyLong_AsLongAndOverflow(result.whole.ptr(), &overflow);
  result.fits = overflow == 0 && std::in_range<int>(value);
  if (result.fits) result.value = static_cast<int>(value);
  return result;
}

}  // namespace

int whole(const py::object& given, const char* name) {
  const Number taken = number(given, name);
  if (!taken.fits) refuse_number(name, taken.whole);
  return taken.value;
}

int whole_or(const py::object& given, const char* name, int beyond) {
  const Number taken = number(given, name);
  return taken.fits ? taken.value : beyond;
}

bool flag(const py::object& given, const char* name) {
  if (PyIndex_Check(given.ptr()) == 0) {
    throw py::type_error(std::string{name} + " is a bool, not " + Py_TYPE(given.ptr())->tp_name);
  }
  const int is_set = PyObject_IsTrue(given.ptr());
  if (is_set < 0) throw py::error_already_set{};
  return is_set != 0;
}

std::string words(const py::object& given, const char* name, const char* errors) {
  if (PyUnicode_Check(given.ptr()) == 0) {
    throw py::type_error(std::string{name} + " is a str, not " + Py_TYPE(given.ptr())->tp_name);
  }
  const py::object octets = checked(PyUnicode_AsEncodedString(given.ptr(), "utf-8", errors));
  const Bytes bytes = octets_of(octets.ptr());
  return {bytes.begin(), bytes.end()};
}

std::string path(const py::object& given) {
  PyObject* octets = nullptr;
  if (PyUnicode_FSConverter(given.ptr(), &octets) == 0) throw py::error_already_set{};
  const Ref owned = Ref::steal(octets);
  const Bytes bytes = octets_of(octets);
  return {bytes.begin(), bytes.end()};
}

int set_number(PyObject* given, const char* name, int& place) noexcept {
  if (given == nullptr) {
    PyErr_Format(PyExc_TypeError, "%s cannot be deleted", name);
    return -1;
  }
  try {
    place = whole(py::reinterpret_borrow<py::object>(given), name);
    return 0;
  } catch (py::error_already_set& error) {
    error.restore();
  } catch (const NetFilterError& error) {
    set_net_filter_error(error.win32_code(), error.what());
  } catch (const std::exception&) {
    PyErr_NoMemory();
  }
  return -1;
}

void register_net_filter_error() {
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const NetFilterError& error) {
      set_net_filter_error(error.win32_code(), error.what());
    }
  });
}

}  // namespace weir::python
