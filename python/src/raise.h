// C++ exceptions as Python's.
#pragma once

#include <cstdint>
#include <string_view>

#include "object.h"
#include "weir/savefile/trouble.h"

namespace weir::python {

/// What an error is about, so that the exception can name it. Borrowed for the call.
struct Subject {
  enum class Kind : std::uint8_t { unknown, file, adapter };
  Kind kind = Kind::unknown;
  std::string_view name{};
};

/// Sets the Python exception for the C++ one being handled: of weir._errors for weir's own.
void raise_current(const Subject& subject = {}) noexcept;
/// The same for an error of a file that was kept as a value.
void raise_trouble(const savefile::Trouble& trouble, std::string_view path) noexcept;
/// That the adapter went away while packets of it were taken: ENODEV.
void raise_gone(std::string_view adapter) noexcept;

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
