// Numbers and texts that types made by pybind11 take: what does not fit is told by its name.
#pragma once

#include <pybind11/pybind11.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>

#include "object.h"

namespace weir::python {

/// As large as the type can hold. Throws ValueError and TypeError with the name.
template <std::unsigned_integral Number>
[[nodiscard]] Number number_of(pybind11::handle given, const char* name) {
  const Ref whole = whole_number(given.ptr(), name);
  if (!whole) throw pybind11::error_already_set{};
  constexpr auto most = std::numeric_limits<Number>::max();
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(whole.get(), &overflow);
  if (overflow == 0 && value >= 0 && value <= most) return static_cast<Number>(value);
  throw pybind11::value_error(std::string{name} + " is from 0 to " + std::to_string(most) +
                              ", not " + std::string{pybind11::str(pybind11::handle{whole.get()})});
}

/// Throws TypeError with the name for what is no str.
[[nodiscard]] inline std::string text_of(pybind11::handle given, const char* name) {
  if (PyUnicode_Check(given.ptr()) == 0) {
    throw pybind11::type_error(std::string{name} + " is a str, not " +
                               Py_TYPE(given.ptr())->tp_name);
  }
  Py_ssize_t size = 0;
  const char* const characters = PyUnicode_AsUTF8AndSize(given.ptr(), &size);
  if (characters == nullptr) {
    PyErr_Clear();
    throw pybind11::value_error(
        std::string{name} + " is no text: " +
        pybind11::reinterpret_steal<pybind11::str>(PyObject_ASCII(given.ptr()))
            .cast<std::string>());
  }
  return {characters, static_cast<std::size_t>(size)};
}

/// What a constructor is given, by the order of its parameters; of those beyond `required` what is
/// left out is null. Throws TypeError with the name.
template <std::size_t count>
[[nodiscard]] std::array<pybind11::handle, count> sorted_by_name(
    const char* of, const std::array<const char*, count>& names, std::size_t required,
    const pybind11::args& positional, const pybind11::kwargs& named) {
  const std::string call = std::string{of} + "()";
  if (positional.size() > count) {
    throw pybind11::type_error(call + " takes " + std::to_string(count) + " arguments at most, " +
                               std::to_string(positional.size()) + " are given");
  }
  std::array<pybind11::handle, count> sorted{};
  std::size_t at = 0;
  for (const pybind11::handle given : positional) sorted[at++] = given;
  for (const auto& [name, value] : named) {
    const auto word = pybind11::cast<std::string>(name);
    const auto found = std::ranges::find(names, word);
    if (found == names.end()) throw pybind11::type_error(call + " takes no keyword '" + word + "'");
    pybind11::handle& place = sorted[static_cast<std::size_t>(found - names.begin())];
    if (place) throw pybind11::type_error(call + " is given '" + word + "' twice");
    place = value;
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (!sorted[i]) throw pybind11::type_error(call + " lacks '" + names[i] + "'");
  }
  return sorted;
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
