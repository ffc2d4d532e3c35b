// Arguments of methods that are called often: taken from the array they come in.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "object.h"

namespace weir::python {

/// Sorts arguments by the names of parameters, of which the first `required` have no default; those
/// left out stay null. Borrowed. False with TypeError set.
[[nodiscard]] bool sort_arguments(const char* function, std::span<const char* const> names,
                                  std::size_t required, std::span<PyObject*> sorted,
                                  PyObject* const* given, Py_ssize_t count,
                                  PyObject* keywords) noexcept;

/// What may be given for a number, as its refusal tells.
struct Limits {
  long long least = 0;
  long long most = std::numeric_limits<int>::max();
};
inline constexpr Limits microseconds_of_a_second{.most = 999'999};

/// A number of a parameter; null leaves `value` as it is. False with TypeError set, or ValueError
/// where the type does not hold it. The limits are for whoever takes the value.
[[nodiscard]] bool take_number(PyObject* given, const char* name, std::uint32_t& value,
                               Limits limits = {
                                   .most = std::numeric_limits<std::uint32_t>::max()}) noexcept;
[[nodiscard]] bool take_number(PyObject* given, const char* name, int& value,
                               Limits limits = {}) noexcept;

/// The bytes of a bytes-like object, as long as it lives.
class Octets {
 public:
  Octets() noexcept = default;
  Octets(const Octets&) = delete;
  Octets& operator=(const Octets&) = delete;
  ~Octets() {
    if (buffer_.obj != nullptr) PyBuffer_Release(&buffer_);
  }
  /// False with an exception set.
  [[nodiscard]] bool take(PyObject* given) noexcept {
    return PyObject_GetBuffer(given, &buffer_, PyBUF_SIMPLE) == 0;
  }
  [[nodiscard]] Bytes bytes() const noexcept {
    return {static_cast<const std::uint8_t*>(buffer_.buf), static_cast<std::size_t>(buffer_.len)};
  }

 private:
  Py_buffer buffer_{};
};

}  // namespace weir::python
