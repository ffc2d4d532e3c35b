// Ip4Ph, whose addresses are bytes, and the functions and types of the module that are no layers.
#include "inetpkt/ip4ph.h"

#include <pybind11/pybind11.h>

#include <string>

#include "address_object.h"
#include "bindings.h"
#include "inetpkt/dns_types.h"
#include "inetpkt/numbers.h"
#include "inetpkt/pkt_object.h"
#include "raise.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using steel::Ip4Ph;

Ipv4Address address_of(py::handle given, const char* name) {
  const auto address = ip_address_of(given.ptr());
  if (!address || address->version() != 4) {
    PyErr_Clear();
    throw py::value_error(std::string{name} + " is an IPv4 address, four bytes or its text, not " +
                          std::string{py::repr(given)});
  }
  return address->v4();
}

py::bytes octets(const Ipv4Address& address) {
  return {reinterpret_cast<const char*>(address.octets.data()), Ipv4Address::size};
}

Ip4Ph made_ip4ph(const py::args& positional, const py::kwargs& named) {
  if (!positional.empty()) throw py::type_error("Ip4Ph() takes keywords alone");
  const auto [src, dst, reserved, proto, length] = sorted_by_name<5>(
      "Ip4Ph", {"src", "dst", "reserved", "proto", "payload_len"}, 0, positional, named);
  Ip4Ph header;
  if (src) header.src = address_of(src, "src");
  if (dst) header.dst = address_of(dst, "dst");
  if (reserved) header.reserved = number_of<std::uint8_t>(reserved, "reserved");
  if (proto) header.proto = number_of<std::uint8_t>(proto, "proto");
  if (length) header.payload_len = number_of<std::uint16_t>(length, "payload_len");
  return header;
}

}  // namespace

PyObject* ip4ph_object(const Ip4Ph& header) noexcept {
  return guarded([&] { return py::cast(header).release().ptr(); });
}

bool take_ip4ph(PyObject* from, std::optional<Ip4Ph>& to) noexcept {
  return guarded(
      [&] {
        if (!py::isinstance<Ip4Ph>(from)) {
          PyErr_Format(PyExc_TypeError, "ipv4_pheader is an Ip4Ph, not %s", Py_TYPE(from)->tp_name);
          return false;
        }
        to = py::handle{from}.cast<Ip4Ph>();
        return true;
      },
      false);
}

void bind_inetpkt(py::module_& module) {
  py::class_<Ip4Ph> type{module, "Ip4Ph", py::is_final(),
                         "A pseudo-header of IPv4, for the checksums of UDP and TCP. payload_len 0 "
                         "is the length of what is summed up."};
  type.def(py::init(&made_ip4ph),
           "__init__(self, *, src=b'\\0\\0\\0\\0', dst=b'\\0\\0\\0\\0', reserved=0, proto=0, "
           "payload_len=0)\n--\n\n");
  type.def_property(
      "src", [](const Ip4Ph& self) { return octets(self.src); },
      [](Ip4Ph& self, py::handle value) { self.src = address_of(value, "src"); }, "Four bytes.");
  type.def_property(
      "dst", [](const Ip4Ph& self) { return octets(self.dst); },
      [](Ip4Ph& self, py::handle value) { self.dst = address_of(value, "dst"); }, "Four bytes.");
  add_number(type, "reserved", &Ip4Ph::reserved, "The byte before the protocol.");
  add_number(type, "proto", &Ip4Ph::proto, "The protocol's number.");
  add_number(type, "payload_len", &Ip4Ph::payload_len, "Bytes of the payload.");
  module.def(
      "checksum",
      [](const py::object& data) {
        const Ref bytes = bytes_like(data.ptr());
        if (!bytes) {
          if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
          throw py::type_error("checksum() takes bytes");
        }
        return steel::checksum(octets_of(bytes.get()));
      },
      py::arg("pkt"),
      "checksum(pkt)\n--\n\nThe ones' complement of the ones' complement sum of 16-bit words; an "
      "odd last byte is padded.");
  bind_dns_types(module);
  if (!add_packet_classes(module.ptr())) throw py::error_already_set{};
}

}  // namespace weir::python
