// Sorts arguments by names, and takes numbers.
#include "steelscript/arguments.h"

#include <algorithm>
#include <utility>

namespace weir::python {
namespace {

template <class Integer>
bool take(PyObject* given, const char* name, Integer& value, Limits limits) noexcept {
  if (given == nullptr) return true;
  const Ref whole = whole_number(given, name);
  if (!whole) return false;
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(whole.get(), &overflow);
  if (overflow != 0 || !std::in_range<Integer>(number)) {
    PyErr_Format(PyExc_ValueError, "%s %R: from %lld to %lld", name, whole.get(), limits.least,
                 limits.most);
    return false;
  }
  value = static_cast<Integer>(number);
  return true;
}

}  // namespace

bool sort_arguments(const char* function, std::span<const char* const> names, std::size_t required,
                    std::span<PyObject*> sorted, PyObject* const* given, Py_ssize_t count,
                    PyObject* keywords) noexcept {
  const auto positional = static_cast<std::size_t>(count);
  if (positional > names.size()) {
    PyErr_Format(PyExc_TypeError, "%s() takes %zu arguments, %zu given", function, names.size(),
                 positional);
    return false;
  }
  std::ranges::fill(sorted, nullptr);
  std::copy_n(given, positional, sorted.begin());
  const Py_ssize_t named = keywords == nullptr ? 0 : PyTuple_GET_SIZE(keywords);
  for (Py_ssize_t i = 0; i < named; ++i) {
    PyObject* const keyword = PyTuple_GET_ITEM(keywords, i);
    const auto name = std::ranges::find_if(names, [&](const char* one) {
      return PyUnicode_CompareWithASCIIString(keyword, one) == 0;
    });
    const auto place = static_cast<std::size_t>(name - names.begin());
    if (name == names.end() || sorted[place] != nullptr) {
      PyErr_Format(PyExc_TypeError, "%s() %s: %U", function,
                   name == names.end() ? "has no such parameter" : "is given twice", keyword);
      return false;
    }
    sorted[place] = given[count + i];
  }
  for (std::size_t i = 0; i < required; ++i) {
    if (sorted[i] != nullptr) continue;
    PyErr_Format(PyExc_TypeError, "%s() lacks an argument: %s", function, names[i]);
    return false;
  }
  return true;
}

bool take_number(PyObject* given, const char* name, std::uint32_t& value, Limits limits) noexcept {
  return take(given, name, value, limits);
}

bool take_number(PyObject* given, const char* name, int& value, Limits limits) noexcept {
  return take(given, name, value, limits);
}

}  // namespace weir::python
