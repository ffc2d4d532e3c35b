// Numbers and texts that types made by pybind11 take: what does not fit is told by its name.
#pragma once

#include <pybind11/pybind11.h>

#include <concepts>
#include <limits>
#include <string>

namespace weir::python {

/// As large as the type can hold. Throws ValueError and TypeError with the name.
template <std::unsigned_integral Number>
[[nodiscard]] Number number_of(pybind11::handle given, const char* name) {
  const auto whole = pybind11::reinterpret_steal<pybind11::object>(PyNumber_Index(given.ptr()));
  if (!whole) {
    PyErr_Clear();
    throw pybind11::type_error(std::string{name} + " is an int, not " +
                               Py_TYPE(given.ptr())->tp_name);
  }
  constexpr auto most = std::numeric_limits<Number>::max();
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(whole.ptr(), &overflow);
  if (overflow == 0 && value >= 0 && value <= most) return static_cast<Number>(value);
  throw pybind11::value_error(std::string{name} + " is from 0 to " + std::to_string(most) +
                              ", not " + std::string{pybind11::str(whole)});
}

/// Throws TypeError with the name for what is no str.
[[nodiscard]] inline std::string text_of(pybind11::handle given, const char* name) {
  if (PyUnicode_Check(given.ptr()) == 0) {
    throw pybind11::type_error(std::string{name} + " is a str, not " +
                               Py_TYPE(given.ptr())->tp_name);
  }
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(given.ptr(), &size);
  if (characters == nullptr) throw pybind11::error_already_set{};
  return {characters, static_cast<std::size_t>(size)};
}

/// Adds an attribute that is a number.
template <class Class, class Number>
void add_number(pybind11::class_<Class>& type, const char* name, Number Class::* member,
                const char* doc) {
  type.def_property(
      name, [member](const Class& self) { return self.*member; },
      [member, name](Class& self, pybind11::handle value) {
        self.*member = number_of<Number>(value, name);
      },
      doc);
}

}  // namespace weir::python
