// Attributes of packet classes, from and to Python's objects.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>

#include "inetpkt/pkt_object.h"
#include "raise.h"

namespace weir::python {
namespace {

using steel::Addresses;
using steel::Field;
using steel::FieldKind;
using steel::Octets;
using steel::Value;

constexpr const char* digits = "0123456789abcdef";

PyObject* ascii(const char* characters, std::size_t size) noexcept {
  PyObject* const text = PyUnicode_New(static_cast<Py_ssize_t>(size), 127);
  if (text != nullptr) std::memcpy(PyUnicode_1BYTE_DATA(text), characters, size);
  return text;
}

template <class Address>
PyObject* address_text(const Address& address) noexcept {
  std::array<char, max_address_text> buffer;
  const char* const end = write_text(buffer.data(), address);
  return ascii(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
}

// Pairs of digits, with that between them where it is not 0.
PyObject* hexadecimal(Bytes bytes, char between) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    if (between != 0 && !text.empty()) text += between;
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return ascii(text.data(), text.size());
}

PyObject* octets_text(FieldKind kind, Bytes bytes) noexcept {
  if (kind == FieldKind::octets) return bytes_object(bytes);
  if (kind == FieldKind::protocol_address && bytes.size() == Ipv4Address::size) {
    return address_text(Ipv4Address::load(bytes.data()));
  }
  return guarded([&] { return hexadecimal(bytes, kind == FieldKind::hardware_address ? ':' : 0); });
}

PyObject* address_list(std::span<const Ipv4Address> addresses) noexcept {
  Ref list = Ref::steal(PyList_New(0));
  for (const Ipv4Address& address : addresses) {
    const Ref text = Ref::steal(list ? address_text(address) : nullptr);
    if (!text || PyList_Append(list.get(), text.get()) < 0) return nullptr;
  }
  return list.release();
}

bool refuse(const Field& field, const char* words, PyObject* given) noexcept {
  const Ref name = Ref::steal(text(field.name));
  if (name) PyErr_Format(PyExc_ValueError, "%U is %s, not %A", name.get(), words, given);
  return false;
}

// The characters of a str; empty with TypeError set where it is none. Lone surrogates, which no
// value has, are as Python escapes them.
std::string characters(const Field& field, PyObject* given) {
  if (!PyUnicode_Check(given)) {
    const Ref name = Ref::steal(python::text(field.name));
    if (name) {
      PyErr_Format(PyExc_TypeError, "%U is a str, not %s", name.get(), Py_TYPE(given)->tp_name);
    }
    return {};
  }
  const Ref octets = Ref::steal(PyUnicode_AsEncodedString(given, "utf-8", "backslashreplace"));
  if (!octets) return {};
  const Bytes bytes = octets_of(octets.get());
  return {bytes.begin(), bytes.end()};
}

bool set_number(const Field& field, void* header, PyObject* given) noexcept {
  const Ref number = whole_number(given, field.name.data());
  if (!number) return false;
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(number.get(), &overflow);
  if (value == -1 && PyErr_Occurred() != nullptr) return false;
  if (overflow != 0 || value < field.least || value > field.most) {
    const Ref name = Ref::steal(text(field.name));
    if (name) {
      PyErr_Format(PyExc_ValueError, "%U is from %u to %u, not %R", name.get(), field.least,
                   field.most, given);
    }
    return false;
  }
  field.set(header, static_cast<std::uint32_t>(value));
  return true;
}

template <class Address>
bool set_address(const Field& field, void* header, PyObject* given, const char* words,
                 std::optional<Address> (*parse)(std::string_view) noexcept) {
  const std::string text = characters(field, given);
  if (PyErr_Occurred() != nullptr) return false;
  const auto address = parse(text);
  if (!address) return refuse(field, words, given);
  field.set(header, *address);
  return true;
}

// Pairs of hexadecimal digits, with colons between them or without.
std::optional<Octets> from_hexadecimal(std::string_view text, bool has_colons) {
  Octets octets;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    if (has_colons && at != 0 && text[at++] != ':') return std::nullopt;
    const char* const end = text.data() + std::min(at + 2, text.size());
    std::uint8_t octet = 0;
    const auto [stop, error] = std::from_chars(text.data() + at, end, octet, 16);
    if (error != std::errc{} || stop != end ||
        end - text.data() < static_cast<std::ptrdiff_t>(at + 2)) {
      return std::nullopt;
    }
    octets.push_back(octet);
  }
  if (octets.size() > 0xff) return std::nullopt;
  return octets;
}

bool set_octets(const Field& field, void* header, PyObject* given) {
  if (const Ref bytes = bytes_like(given)) {
    if (field.most != 0 && octets_of(bytes.get()).size() > field.most) {
      const Ref name = Ref::steal(text(field.name));
      if (name) {
        PyErr_Format(PyExc_ValueError, "%U has up to %u bytes, not %zd", name.get(), field.most,
                     PyBytes_GET_SIZE(bytes.get()));
      }
      return false;
    }
    field.set(header, octets_of(bytes.get()));
    return true;
  }
  if (PyErr_Occurred() != nullptr) return false;
  if (field.kind == FieldKind::octets) {
    const Ref name = Ref::steal(text(field.name));
    if (name)
      PyErr_Format(PyExc_TypeError, "%U is bytes, not %s", name.get(), Py_TYPE(given)->tp_name);
    return false;
  }
  const std::string text = characters(field, given);
  if (PyErr_Occurred() != nullptr) return false;
  const bool is_hardware = field.kind == FieldKind::hardware_address;
  if (const auto address = parse_ipv4(text); address && !is_hardware) {
    field.set(header, Bytes{address->octets});
    return true;
  }
  const auto octets = from_hexadecimal(text, is_hardware);
  if (!octets) {
    return refuse(field,
                  is_hardware ? "pairs of hexadecimal digits with colons between them"
                              : "an IPv4 address, or pairs of hexadecimal digits",
                  given);
  }
  field.set(header, Bytes{*octets});
  return true;
}

bool set_addresses(const Field& field, void* header, PyObject* given) {
  const Ref sequence = Ref::steal(
      PySequence_Fast(given, (std::string{field.name} + " is a list of IPv4 addresses").c_str()));
  if (!sequence) return false;
  Addresses addresses;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence.get()); ++i) {
    PyObject* const item = PySequence_Fast_GET_ITEM(sequence.get(), i);
    const auto address = parse_ipv4(characters(field, item));
    if (PyErr_Occurred() != nullptr) return false;
    if (!address) return refuse(field, "a list of IPv4 addresses", item);
    addresses.push_back(*address);
  }
  if (addresses.size() > 0xffff) {
    const Ref name = Ref::steal(text(field.name));
    if (name) {
      PyErr_Format(PyExc_ValueError, "%U has up to 65535 addresses, not %zu", name.get(),
                   addresses.size());
    }
    return false;
  }
  field.set(header, std::span<const Ipv4Address>{addresses});
  return true;
}

}  // namespace

PyObject* value_object(FieldKind kind, const Value& value) noexcept {
  if (const auto* const number = std::get_if<std::uint32_t>(&value)) {
    return PyLong_FromUnsignedLong(*number);
  }
  if (const auto* const mac = std::get_if<MacAddress>(&value)) return address_text(*mac);
  if (const auto* const ipv4 = std::get_if<Ipv4Address>(&value)) return address_text(*ipv4);
  if (const auto* const bytes = std::get_if<Bytes>(&value)) return octets_text(kind, *bytes);
  if (const auto* const words = std::get_if<std::string>(&value)) {
    if (kind == FieldKind::text) return ascii(words->data(), words->size());
    return bytes_object({reinterpret_cast<const std::uint8_t*>(words->data()), words->size()});
  }
  if (const auto* const list = std::get_if<std::span<const Ipv4Address>>(&value)) {
    return address_list(*list);
  }
  Py_RETURN_NONE;
}

bool set_value(const Field& field, void* header, PyObject* to) noexcept {
  return guarded(
      [&] {
        switch (field.kind) {
          case FieldKind::number:
            return set_number(field, header, to);
          case FieldKind::mac:
            return set_address<MacAddress>(
                field, header, to, "six pairs of hexadecimal digits with colons", parse_mac);
          case FieldKind::ipv4:
            return set_address<Ipv4Address>(field, header, to, "an IPv4 address", parse_ipv4);
          case FieldKind::addresses:
            return set_addresses(field, header, to);
          default:
            return set_octets(field, header, to);
        }
      },
      false);
}

Ref bytes_like(PyObject* object) noexcept {
  if (PyBytes_CheckExact(object)) return Ref::share(object);
  if (PyObject_CheckBuffer(object) == 0) return {};
  Py_buffer view;
  if (PyObject_GetBuffer(object, &view, PyBUF_ND) < 0) return {};
  const bool is_octets = view.itemsize == 1;
  Ref bytes;
  if (is_octets)
    bytes = Ref::steal(PyBytes_FromStringAndSize(static_cast<char*>(view.buf), view.len));
  PyBuffer_Release(&view);
  return bytes;
}

}  // namespace weir::python
