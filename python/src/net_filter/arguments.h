// What Python gives to NetFilter, and what that refuses it with.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <string_view>

namespace weir::python {

/// Sets NetFilterError of that Win32 code.
void set_net_filter_error(int code, std::string_view message) noexcept;

/// Of a number with more than 32 bits.
[[noreturn]] void refuse_number(const char* name, pybind11::handle number);

/// Each throws TypeError for what is of another type. A number with more than 32 bits is refused by
/// the first (87), and `beyond` by the second.
[[nodiscard]] int whole(const pybind11::object& given, const char* name);
[[nodiscard]] int whole_or(const pybind11::object& given, const char* name, int beyond);
/// A bool, or an int: whether it is not 0.
[[nodiscard]] bool flag(const pybind11::object& given, const char* name);
/// A str in UTF-8; `errors` says what stands for lone surrogates.
[[nodiscard]] std::string words(const pybind11::object& given, const char* name,
                                const char* errors = "backslashreplace");
/// A str, bytes or path. Throws ValueError for one with a null character.
[[nodiscard]] std::string path(const pybind11::object& given);

/// What handlers set in an event: 0, or -1 with TypeError or NetFilterError (87) set.
[[nodiscard]] int set_number(PyObject* given, const char* name, int& place) noexcept;

/// NetFilterError of C++ becomes that of Python.
void register_net_filter_error();

}  // namespace weir::python
