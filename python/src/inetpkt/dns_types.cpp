// DNSQuery and DNSResource: their names are checked, their data is str or bytes.
#include "inetpkt/dns_types.h"

#include <pybind11/stl.h>

#include <string>

#include "inetpkt/numbers.h"
#include "inetpkt/pkt_object.h"
#include "weir/compat/steelscript/dns.h"
#include "weir/wire/dns_type.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using steel::DNSQuery;
using steel::DNSResource;

// Of these types names may be anything that can be written.
std::string checked_name(py::handle given, const char* attribute, std::uint16_t type) {
  std::string name = text_of(given, attribute);
  const auto kind = static_cast<wire::DnsType>(type);
  if (kind == wire::DnsType::txt || kind == wire::DnsType::opt || steel::is_domain_name(name)) {
    return name;
  }
  throw py::value_error(std::string{attribute} + " is no domain name: '" + name + "'");
}

using Data = std::variant<std::string, steel::Octets>;

Data data_of(py::handle given) {
  if (py::isinstance<py::str>(given)) return text_of(given, "res_data");
  const Ref bytes = bytes_like(given.ptr());
  if (!bytes) {
    if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
    throw py::type_error(std::string{"res_data is str or bytes, not "} +
                         Py_TYPE(given.ptr())->tp_name);
  }
  const Bytes octets = octets_of(bytes.get());
  return steel::Octets(octets.begin(), octets.end());
}

py::object data_object(const Data& data) {
  if (const auto* const words = std::get_if<std::string>(&data)) return py::str{*words};
  return py::reinterpret_steal<py::object>(bytes_object(std::get<steel::Octets>(data)));
}

DNSQuery made_query(const py::args& positional, const py::kwargs& named) {
  const auto [name, type, query_class] = sorted_by_name<3>(
      "DNSQuery", {"query_name", "query_type", "query_class"}, 3, positional, named);
  const auto number = number_of<std::uint16_t>(type, "query_type");
  return {.query_name = checked_name(name, "query_name", number),
          .query_type = number,
          .query_class = number_of<std::uint16_t>(query_class, "query_class")};
}

DNSResource made_resource(const py::args& positional, const py::kwargs& named) {
  const auto [name, type, res_class, ttl, length, data] = sorted_by_name<6>(
      "DNSResource", {"domain_name", "res_type", "res_class", "res_ttl", "res_len", "res_data"}, 6,
      positional, named);
  const auto number = number_of<std::uint16_t>(type, "res_type");
  return {.domain_name = checked_name(name, "domain_name", number),
          .res_type = number,
          .res_class = number_of<std::uint16_t>(res_class, "res_class"),
          .res_ttl = number_of<std::uint32_t>(ttl, "res_ttl"),
          .res_len = number_of<std::uint16_t>(length, "res_len"),
          .res_data = data_of(data)};
}

py::str represent(const DNSResource& self) {
  return py::str(
             "DNSResource(domain_name={}, res_type={}, res_class={}, res_ttl={}, res_len={}, "
             "res_data={})")
      .format(self.domain_name, self.res_type, self.res_class, self.res_ttl, self.res_len,
              data_object(self.res_data));
}

void bind_query(py::module_& module) {
  py::class_<DNSQuery> type{module, "DNSQuery", py::is_final(), "A question of a DNS message."};
  type.def(py::init(&made_query), "__init__(self, query_name, query_type, query_class)\n--\n\n");
  type.def_property(
      "query_name", [](const DNSQuery& self) { return self.query_name; },
      [](DNSQuery& self, py::handle name) {
        self.query_name = checked_name(name, "query_name", self.query_type);
      },
      "str: what is asked about");
  add_number(type, "query_type", &DNSQuery::query_type, "int: DNSTYPE_…");
  add_number(type, "query_class", &DNSQuery::query_class, "int: RCLASS_…");
  type.def("__repr__", [](const DNSQuery& self) {
    return py::str("DNSQuery(query_name={}, query_type={}, query_class={})")
        .format(self.query_name, self.query_type, self.query_class);
  });
}

void bind_resource(py::module_& module) {
  py::class_<DNSResource> type{module, "DNSResource", py::is_final(),
                               "A resource record of a DNS message."};
  type.def(py::init(&made_resource),
           "__init__(self, domain_name, res_type, res_class, res_ttl, res_len, res_data)\n--\n\n");
  type.def_property(
      "domain_name", [](const DNSResource& self) { return self.domain_name; },
      [](DNSResource& self, py::handle name) {
        self.domain_name = checked_name(name, "domain_name", self.res_type);
      },
      "str: what the record is about");
  add_number(type, "res_type", &DNSResource::res_type, "int: DNSTYPE_…");
  add_number(type, "res_class", &DNSResource::res_class, "int: RCLASS_…");
  add_number(type, "res_ttl", &DNSResource::res_ttl, "int: seconds");
  add_number(type, "res_len", &DNSResource::res_len,
             "int: bytes of the data, as they were read or written last");
  type.def_property(
      "res_data", [](const DNSResource& self) { return data_object(self.res_data); },
      [](DNSResource& self, py::handle data) { self.res_data = data_of(data); },
      "str of A, AAAA, NS, CNAME, PTR and SOA, otherwise bytes");
  type.def("__repr__", represent);
}

}  // namespace

void bind_dns_types(py::module_& module) {
  bind_query(module);
  bind_resource(module);
}

}  // namespace weir::python
