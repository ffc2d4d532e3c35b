// Members of pycap's headers as attributes that can be read and written.
#pragma once

#include <limits>
#include <type_traits>

#include "object.h"
#include "weir/address.h"
#include "weir/compat/pycap/protocol.h"

namespace weir::python::pycap {

using compat::pycap::protocol::any_header;

/// A header, and the bytes object that its own bytes lie in; null for one that a program has made.
struct HeaderObject {
  PyObject_HEAD PyObject* frame;
  any_header header;
};

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

/// False with OverflowError or TypeError set; so the others.
[[nodiscard]] bool number_of(PyObject* given, unsigned long most, unsigned long& number) noexcept;
[[nodiscard]] bool set_value(MacAddress& to, PyObject* given) noexcept;
[[nodiscard]] bool set_value(Ipv4Address& to, PyObject* given) noexcept;
template <std::unsigned_integral Number>
[[nodiscard]] bool set_value(Number& to, PyObject* given) noexcept {
  unsigned long number = 0;
  if (!number_of(given, std::numeric_limits<Number>::max(), number)) return false;
  to = static_cast<Number>(number);
  return true;
}

template <auto member>
PyObject* attribute(PyObject* self, void*) noexcept {
  using Header = typename MemberOf<decltype(member)>::Header;
  return value_object(part_of<Header>(header_in(self)).*member);
}

template <auto member>
int set_attribute(PyObject* self, PyObject* given, void*) noexcept {
  using Header = typename MemberOf<decltype(member)>::Header;
  if (given == nullptr) {
    PyErr_SetString(PyExc_TypeError, "what a header holds can be changed, not deleted");
    return -1;
  }
  return set_value(part_of<Header>(header_in(self)).*member, given) ? 0 : -1;
}

}  // namespace weir::python::pycap
