// The bytes of a Python object that has them in one piece.
#pragma once

#include <pybind11/pybind11.h>

#include "weir/bytes.h"

namespace weir::python {

/// Borrows them for as long as it lives.
class Contiguous {
 public:
  /// Throws BufferError for an object that has them in several pieces, TypeError for one that has
  /// none.
  explicit Contiguous(pybind11::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) {
      throw pybind11::error_already_set{};
    }
  }
  Contiguous(const Contiguous&) = delete;
  Contiguous& operator=(const Contiguous&) = delete;
  ~Contiguous() { PyBuffer_Release(&view_); }
  [[nodiscard]] Bytes get() const noexcept {
    return {static_cast<const std::uint8_t*>(view_.buf), static_cast<std::size_t>(view_.len)};
  }

 private:
  Py_buffer view_{};
};

}  // namespace weir::python
