// C++ exceptions as Python's.
#pragma once

#include "object.h"

namespace weir::python {

/// Sets the Python exception for the C++ one being handled: of weir._errors for weir's own.
void raise_current() noexcept;

/// What `work` returns, or `failed` with a Python exception set.
template <class Work, class Failed>
auto guarded(Work work, Failed failed) noexcept -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    raise_current();
    return failed;
  }
}

/// The same where a pointer is returned.
template <class Work>
auto guarded(Work work) noexcept -> decltype(work()) {
  return guarded(std::move(work), nullptr);
}

}  // namespace weir::python
