// Members of pycap's headers as attributes that can be read and written.
#pragma once

#include <limits>
#include <type_traits>

#include "object.h"
#include "pycap/pycap.h"
#include "weir/address.h"
#include "weir/compat/pycap/protocol.h"

namespace weir::python::pycap {

using compat::pycap::protocol::any_header;

/// A header, and the bytes object that its own bytes lie in; null for one that a program has made.
struct HeaderObject {
  PyObject_HEAD PyObject* frame;
  any_header header;
  /// By __init__(), or by next(); before that it is nobody's.
  bool is_made;
};

/// False with TypeError set.
inline bool is_made(PyObject* self) noexcept {
  if (reinterpret_cast<HeaderObject*>(self)->is_made) return true;
  set_uninitialised();
  return false;
}

inline any_header& header_in(PyObject* self) noexcept {
  return reinterpret_cast<HeaderObject*>(self)->header;
}

/// Of a header its part that is a Part. Precondition: it has one.
template <class Part>
Part& part_of(any_header& header) noexcept {
  return *std::visit(
      [](auto& one) -> Part* {
        if constexpr (std::is_base_of_v<Part, std::remove_reference_t<decltype(one)>>) return &one;
        return nullptr;
      },
      header);
}

template <class Member>
struct MemberOf;
template <class Class, class Value>
struct MemberOf<Value Class::*> {
  using Header = Class;
};

inline PyObject* value_object(std::unsigned_integral auto value) noexcept {
  return PyLong_FromUnsignedLong(value);
}
[[nodiscard]] PyObject* value_object(const MacAddress& value) noexcept;
[[nodiscard]] PyObject* value_object(const Ipv4Address& value) noexcept;

/// False with OverflowError or TypeError set, which have the name; so the others.
[[nodiscard]] bool number_of(PyObject* given, const char* name, unsigned long most,
                             unsigned long& number) noexcept;
[[nodiscard]] bool set_value(MacAddress& to, PyObject* given, const char* name) noexcept;
[[nodiscard]] bool set_value(Ipv4Address& to, PyObject* given, const char* name) noexcept;
template <std::unsigned_integral Number>
[[nodiscard]] bool set_value(Number& to, PyObject* given, const char* name) noexcept {
  unsigned long number = 0;
  if (!number_of(given, name, std::numeric_limits<Number>::max(), number)) return false;
  to = static_cast<Number>(number);
  return true;
}

template <auto member>
PyObject* attribute(PyObject* self, void*) noexcept {
  using Header = typename MemberOf<decltype(member)>::Header;
  return is_made(self) ? value_object(part_of<Header>(header_in(self)).*member) : nullptr;
}

/// `name`: what it is called, a const char*.
template <auto member>
int set_attribute(PyObject* self, PyObject* given, void* name) noexcept {
  using Header = typename MemberOf<decltype(member)>::Header;
  if (!is_made(self)) return -1;
  if (given == nullptr) {
    PyErr_SetString(PyExc_TypeError, "what a header holds can be changed, not deleted");
    return -1;
  }
  auto value = part_of<Header>(header_in(self)).*member;
  if (!set_value(value, given, static_cast<const char*>(name))) return -1;
  part_of<Header>(header_in(self)).*member = value;
  return 0;
}

}  // namespace weir::python::pycap
