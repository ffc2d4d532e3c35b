// weir.Source: what weir.open() and weir.capture() return.
#pragma once

#include <memory>

#include "stream.h"

namespace weir::python {

/// A new weir.Source over a stream, or null with an exception set. It holds `keeps`, whose memory
/// the source reads, or None.
[[nodiscard]] PyObject* new_source(std::shared_ptr<Stream> stream, PyObject* keeps) noexcept;
/// The stream of one; null with TypeError if it is none.
[[nodiscard]] std::shared_ptr<Stream> stream_of(PyObject* object) noexcept;

/// False with an exception set.
[[nodiscard]] bool add_source_type(PyObject* module) noexcept;

}  // namespace weir::python
