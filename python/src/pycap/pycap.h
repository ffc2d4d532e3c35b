// weir.compat.pycap: what its parts share.
#pragma once

#include <string>

#include "object.h"
#include "raise.h"
#include "weir/compat/pycap/protocol.h"

namespace weir::python::pycap {

/// A new reference to a header whose bytes lie in `frame`, a bytes object; null with an exception
/// set.
[[nodiscard]] PyObject* header_object(const compat::pycap::protocol::any_header& header,
                                      PyObject* frame) noexcept;
/// The header that an object is; null, without an exception, if it is none, and with TypeError set
/// if its __init__() has not been called.
[[nodiscard]] const compat::pycap::protocol::any_header* header_of(PyObject* object) noexcept;

/// Sets the Python exception for the C++ one being handled, as one of `module`: capture, inject or
/// protocol. Exceptions of Python's own stay.
void raise_current_of(const char* module, const Subject& subject) noexcept;

/// What `work` returns; null with a Python exception of that module set. `subject`: what returns
/// what that is about.
template <class About, class Work>
auto guarded_of(const char* module, About subject, Work work) noexcept -> decltype(work()) {
  try {
    return work();
  } catch (...) {
    raise_current_of(module, subject());
    return nullptr;
  }
}

/// Sets TypeError: __init__() has not been called.
void set_uninitialised() noexcept;
/// The same where it is called again.
void set_initialised_before() noexcept;

/// The octets of a name of an adapter; none for None. False with an exception set.
[[nodiscard]] bool device_of(PyObject* given, std::string& device) noexcept;

/// False with an exception set; so the next.
[[nodiscard]] bool add_header_types(PyObject* module) noexcept;
[[nodiscard]] bool add_capture_types(PyObject* module) noexcept;
[[nodiscard]] bool add_inject_type(PyObject* module) noexcept;

}  // namespace weir::python::pycap
