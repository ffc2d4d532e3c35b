// What FParser is given in Python: wrong kinds are TypeError, wrong values fparser.error.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "raise.h"
#include "weir/error.h"

namespace weir::python {

/// What `work` returns. Errors of weir's are fparser.error, too, and about that file or adapter.
template <class Work>
auto as_published(const Subject& subject, Work work) {
  try {
    return work();
  } catch (const Error&) {
    raise_current(subject);
  }
  const pybind11::error_already_set plain;
  const pybind11::object made =
      pybind11::module_::import("weir.compat.fparser").attr("_also")(plain.value());
  PyErr_SetObject(pybind11::type::handle_of(made).ptr(), made.ptr());
  throw pybind11::error_already_set{};
}

// All have the name in what they raise.

/// The name of a file or an adapter, which may be any octets but 0.
[[nodiscard]] std::string source_name(const pybind11::object& given);
/// Characters, as UTF-8, or octets.
[[nodiscard]] std::string words_in(const pybind11::object& given, const char* name);
/// What may stand for True or False.
[[nodiscard]] bool is_true(const pybind11::object& given, const char* name);
/// A whole number of any size, the nearest that fits.
[[nodiscard]] std::int64_t nearest_number(const pybind11::object& given, const char* name);
/// One that is refused where it is far from `range`, which C++ then tells.
[[nodiscard]] int small_number(const pybind11::object& given, const char* name, const char* range);
[[nodiscard]] std::size_t size_number(const pybind11::object& given, const char* name,
                                      const char* range);

}  // namespace weir::python
