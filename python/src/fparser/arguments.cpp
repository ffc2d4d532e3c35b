// Arguments of FParser from Python's objects.
#include "fparser/arguments.h"

#include <limits>

#include "bindings.h"

namespace py = pybind11;

namespace weir::python {
namespace {

[[noreturn]] void refuse(const std::string& words) {
  as_published({}, [&] { throw Error{ErrorCode::invalid_argument, words}; });
  throw py::error_already_set{};
}

[[noreturn]] void refuse_kind(const char* name, const char* kind, const py::object& given) {
  throw py::type_error(std::string{name} + " is " + kind + ", not " +
                       Py_TYPE(given.ptr())->tp_name);
}

[[noreturn]] void refuse_number(const py::object& given, const char* name, const char* range) {
  const Ref digits = Ref::steal(PyObject_Str(given.ptr()));
  const char* const words = digits ? PyUnicode_AsUTF8(digits.get()) : nullptr;
  PyErr_Clear();  // of more digits than Python writes
  refuse(name + (words == nullptr ? std::string{} : std::string{" "} + words) + ": " + range);
}

}  // namespace

std::string source_name(const py::object& given) {
  PyObject* octets = nullptr;
  if (PyUnicode_FSConverter(given.ptr(), static_cast<void*>(&octets)) == 0) {
    if (PyErr_ExceptionMatches(PyExc_ValueError) == 0) throw py::error_already_set{};
    PyErr_Clear();
    refuse("source: a name that no file or adapter can have");
  }
  const py::object owner = checked(octets);
  return {PyBytes_AS_STRING(octets), static_cast<std::size_t>(PyBytes_GET_SIZE(octets))};
}

std::string words_in(const py::object& given, const char* name) {
  if (PyBytes_Check(given.ptr()) != 0) return given.cast<std::string>();
  if (PyUnicode_Check(given.ptr()) == 0) refuse_kind(name, "a str", given);
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(given.ptr(), &size);
  if (characters == nullptr) {
    PyErr_Clear();
    refuse(std::string{name} + ": characters that are none");
  }
  return {characters, static_cast<std::size_t>(size)};
}

bool is_true(const py::object& given, const char* name) {
  const PyNumberMethods* const number = Py_TYPE(given.ptr())->tp_as_number;
  if (!given.is_none() && (number == nullptr || number->nb_bool == nullptr)) {
    refuse_kind(name, "True or False", given);
  }
  const int truth = PyObject_IsTrue(given.ptr());
  if (truth < 0) throw py::error_already_set{};
  return truth != 0;
}

std::int64_t nearest_number(const py::object& given, const char* name) {
  const Ref whole = whole_number(given.ptr(), name);
  if (!whole) throw py::error_already_set{};
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(whole.get(), &overflow);
  if (overflow == 0) return value;
  return overflow < 0 ? std::numeric_limits<std::int64_t>::min()
                      : std::numeric_limits<std::int64_t>::max();
}

int small_number(const py::object& given, const char* name, const char* range) {
  const std::int64_t number = nearest_number(given, name);
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max()) {
    refuse_number(given, name, range);
  }
  return static_cast<int>(number);
}

std::size_t size_number(const py::object& given, const char* name, const char* range) {
  const std::int64_t number = nearest_number(given, name);
  if (number < 0) refuse_number(given, name, range);
  return static_cast<std::size_t>(number);
}

}  // namespace weir::python
