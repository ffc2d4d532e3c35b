// Conversions by the kind of a field, and what they refuse.
#include "field_value.h"

#include <string>

#include "address_object.h"
#include "raise.h"
#include "value_object.h"
#include "weir/error.h"

namespace weir::python {
namespace {

using record::FieldError;
using record::FieldKind;
using record::FieldRange;
using record::FieldsFormat;
using record::SettableField;

/// 65528 as "65,528".
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

/// -65528 as "-65,528".
std::string grouped_least(std::int64_t number) {
  return number < 0 ? '-' + grouped(std::uint64_t{0} - static_cast<std::uint64_t>(number))
                    : grouped(static_cast<std::uint64_t>(number));
}

/// What the field takes.
std::string wanted(const SettableField& field) {
  const FieldRange range = field.description.range;
  switch (field.description.kind) {
    case FieldKind::boolean:
      return "True or False";
    case FieldKind::mac_address:
      return "a MAC address";
    case FieldKind::ip_address:
      return range == FieldRange::ipv4   ? "an IPv4 address"
             : range == FieldRange::ipv6 ? "an IPv6 address"
                                         : "an IP address";
    case FieldKind::hex:
      return (field.is_address ? "an address, or at most " : "at most ") + grouped(field.max) +
             " bytes";
    default:
      break;
  }
  const std::string kind =
      field.step == 1 ? "a whole number" : "a multiple of " + grouped(field.step);
  return kind + " from " + grouped_least(field.min) + " to " + grouped(field.max);
}

/// TypeError or ArgumentError: "IPv4.ttl: a whole number from 0 to 255, not 'x'".
void refuse(PyObject* kind, const FieldsFormat& format, const SettableField& field,
            PyObject* given) noexcept {
  static_cast<void>(guarded([&]() -> PyObject* {
    const std::string message =
        std::string{format.name} + '.' + std::string{field.description.name} + ": " + wanted(field);
    if (kind == PyExc_TypeError) {
      return PyErr_Format(kind, "%s, not %s", message.c_str(), Py_TYPE(given)->tp_name);
    }
    Ref shown = PyBytes_Check(given)
                    ? Ref::steal(PyUnicode_FromFormat("%zd", PyBytes_GET_SIZE(given)))
                    : Ref::steal(PyObject_Repr(given));
    const char* const characters = shown ? PyUnicode_AsUTF8(shown.get()) : nullptr;
    if (characters == nullptr) {
      PyErr_Clear();  // what it is cannot be shown
      return PyErr_Format(PyExc_ValueError, "%s", message.c_str());
    }
    constexpr std::size_t enough = 200;
    throw Error{ErrorCode::invalid_argument,
                message + ", not " + std::string{characters}.substr(0, enough)};
  }));
}

bool whole(const FieldsFormat& format, const SettableField& field, PyObject* given,
           FieldValue& to) noexcept {
  const Ref number = Ref::steal(PyNumber_Index(given));
  if (!number) {
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) return false;
    PyErr_Clear();
    refuse(PyExc_TypeError, format, field, given);
    return false;
  }
  int beyond = 0;
  const std::int64_t with_sign = PyLong_AsLongLongAndOverflow(number.get(), &beyond);
  if (field.min < 0 && beyond == 0 && with_sign < 0) {
    to.value = with_sign;
    return true;
  }
  const std::uint64_t value = PyLong_AsUnsignedLongLong(number.get());
  if (value == static_cast<std::uint64_t>(-1) && PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    refuse(PyExc_ValueError, format, field, number.get());
    return false;
  }
  to.value = value;
  return true;
}

bool boolean(const FieldsFormat& format, const SettableField& field, PyObject* given,
             FieldValue& to) noexcept {
  if (given == Py_True || given == Py_False) {
    to.value = given == Py_True;
    return true;
  }
  if (PyLong_Check(given) == 0) {
    refuse(PyExc_TypeError, format, field, given);
    return false;
  }
  const long number = PyLong_AsLong(given);
  if (number != 0 && number != 1) {
    PyErr_Clear();
    refuse(PyExc_ValueError, format, field, given);
    return false;
  }
  to.value = number == 1;
  return true;
}

/// What is no address for want of the right text or octets, or because it is something else.
bool no_address(const FieldsFormat& format, const SettableField& field, PyObject* given) noexcept {
  const bool may_be = PyUnicode_Check(given) || PyBytes_Check(given) ||
                      PyObject_HasAttrString(given, "packed") != 0;
  PyErr_Clear();
  refuse(may_be ? PyExc_ValueError : PyExc_TypeError, format, field, given);
  return false;
}

bool octets(const FieldsFormat& format, const SettableField& field, PyObject* given,
            FieldValue& to) noexcept {
  if (PyObject_CheckBuffer(given) != 0) {
    to.owner = Ref::steal(PyBytes_FromObject(given));
  } else if (!field.is_address) {
    refuse(PyExc_TypeError, format, field, given);
    return false;
  } else if (const auto mac = mac_address_of(given)) {
    to.owner = Ref::steal(bytes_object(mac->octets));
  } else if (const auto ip = ip_address_of(given)) {
    to.owner = Ref::steal(bytes_object(ip->bytes()));
  } else {
    return no_address(format, field, given);
  }
  if (!to.owner) return false;
  to.value = octets_of(to.owner.get());
  return true;
}

}  // namespace

bool field_value(const FieldsFormat& format, const SettableField& field, PyObject* given,
                 FieldValue& to) noexcept {
  if (given == nullptr || given == Py_None) return true;
  switch (field.description.kind) {
    case FieldKind::boolean:
      return boolean(format, field, given, to);
    case FieldKind::mac_address:
      if (const auto mac = mac_address_of(given)) {
        to.value = *mac;
        return true;
      }
      return no_address(format, field, given);
    case FieldKind::ip_address:
      if (const auto ip = ip_address_of(given)) {
        to.value = *ip;
        return true;
      }
      return no_address(format, field, given);
    case FieldKind::hex:
      return octets(format, field, given, to);
    default:
      return whole(format, field, given, to);
  }
}

void raise_refused(const FieldsFormat& format, const SettableField& field, PyObject* given,
                   FieldError error) noexcept {
  if (error != FieldError::not_left_open) return refuse(PyExc_ValueError, format, field, given);
  // Names in tables are terminated.
  PyErr_Format(PyExc_TypeError, "%s.%s: it is not left open, as None would have it",
               format.name.data(), field.description.name.data());
}

PyObject* field_object(const SettableField& field, const wire::AnyFields& header) noexcept {
  const record::Value value = field.read(header);
  if (field.is_address) {
    const Bytes* const bytes = std::get_if<Bytes>(&value.content());
    if (bytes != nullptr && bytes->size() == MacAddress::size) {
      return address_object(MacAddress::load(bytes->data()));
    }
    if (bytes != nullptr && bytes->size() == Ipv4Address::size) {
      return address_object(IpAddress{Ipv4Address::load(bytes->data())});
    }
  }
  return value_object(value);
}

}  // namespace weir::python
