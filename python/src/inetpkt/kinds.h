// The list of packet classes.
#pragma once

#include <new>
#include <span>

#include "inetpkt/pkt_object.h"

namespace weir::python {

/// One a class, PKT first: all others derive from it.
[[nodiscard]] std::span<Kind> kinds() noexcept;

/// Calls a type: what Python does not make a tuple of.
[[nodiscard]] PyObject* call_kind(const Kind& kind, PyObject* const* arguments, std::size_t count,
                                  PyObject* names) noexcept;

/// The class of a struct; `call` is its own.
template <class Header>
[[nodiscard]] constexpr Kind kind_for(vectorcallfunc call, const char* documentation) noexcept {
  return {.layer = &Header::layer,
          .header_size = sizeof(Header),
          .construct = [](void* at) { new (at) Header{}; },
          .destroy = [](void* at) noexcept { static_cast<Header*>(at)->~Header(); },
          .call = call,
          .documentation = documentation};
}

}  // namespace weir::python
