// DNS messages in Python: lists of DNSQuery and DNSResource, made when one is first asked for.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <array>

#include "inetpkt/dns_types.h"
#include "inetpkt/lists.h"
#include "raise.h"
#include "weir/compat/steelscript/dns.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using steel::DnsHeader;
using steel::DNSQuery;
using steel::DNSResource;
using steel::DnsSections;

// In the order of their lists, a tuple of which stands for the payload.
constexpr std::array<const char*, 4> list_names{"queries", "answers", "authority", "ad"};

std::size_t index_of(void* closure) noexcept { return reinterpret_cast<std::uintptr_t>(closure); }

PyObject* get_list(PyObject* self, void* closure) noexcept {
  const Ref lists = Ref::steal(payload_of(self));
  if (!lists) return nullptr;
  return Py_NewRef(PyTuple_GET_ITEM(lists.get(), static_cast<Py_ssize_t>(index_of(closure))));
}

int set_list(PyObject* self, PyObject* to, void* closure) noexcept {
  if (!check_list(to, list_names[index_of(closure)])) return -1;
  const Ref lists = Ref::steal(payload_of(self));
  if (!lists) return -1;
  PyObject* const changed = PyTuple_New(list_names.size());
  if (changed == nullptr) return -1;
  for (std::size_t i = 0; i < list_names.size(); ++i) {
    const auto at = static_cast<Py_ssize_t>(i);
    PyTuple_SET_ITEM(changed, at,
                     Py_NewRef(i == index_of(closure) ? to : PyTuple_GET_ITEM(lists.get(), at)));
  }
  Py_XSETREF(pkt_of(self).payload, changed);
  return 0;
}

// The message's own bytes: of the header too.
Bytes message_of(const WeirPkt& pkt) noexcept {
  if (pkt.data == nullptr) return {};
  constexpr std::size_t header = 12;
  return octets_of(pkt.data).subspan(pkt.payload_at - header, pkt.payload_length + header);
}

template <class Item>
std::vector<Item> taken(PyObject* lists, std::size_t index) {
  std::vector<Item> items;
  const auto list =
      py::reinterpret_borrow<py::list>(PyTuple_GET_ITEM(lists, static_cast<Py_ssize_t>(index)));
  for (const py::handle item : list) {
    if (!py::isinstance<Item>(item)) {
      throw py::type_error(std::string{list_names[index]} + " is a list of " +
                           (index == 0 ? "DNSQuery" : "DNSResource"));
    }
    items.push_back(item.cast<Item>());
  }
  return items;
}

// Lengths that were computed.
void put_back(PyObject* lists, std::size_t index, const std::vector<DNSResource>& written) {
  const auto list =
      py::reinterpret_borrow<py::list>(PyTuple_GET_ITEM(lists, static_cast<Py_ssize_t>(index)));
  for (std::size_t i = 0; i < written.size() && i < list.size(); ++i) {
    list[i].cast<DNSResource&>().res_len = written[i].res_len;
  }
}

bool append_written(PyObject* self, steel::Octets& out, const steel::Pkt2Net& told) {
  const Ref lists = Ref::steal(payload_of(self));
  if (!lists) return false;
  DnsSections sections{.queries = taken<DNSQuery>(lists.get(), 0),
                       .answers = taken<DNSResource>(lists.get(), 1),
                       .authority = taken<DNSResource>(lists.get(), 2),
                       .ad = taken<DNSResource>(lists.get(), 3)};
  try {
    static_cast<DnsHeader*>(header_of(self))->append(sections, out, told, message_of(pkt_of(self)));
  } catch (const Error& error) {
    PyErr_SetString(PyExc_ValueError, error.what());
    return false;
  }
  put_back(lists.get(), 1, sections.answers);
  put_back(lists.get(), 2, sections.authority);
  put_back(lists.get(), 3, sections.ad);
  return true;
}

}  // namespace

PyGetSetDef dns_lists[] = {
    {"queries", get_list, set_list, "list of DNSQuery", nullptr},
    {"answers", get_list, set_list, "list of DNSResource", reinterpret_cast<void*>(1)},
    {"authority", get_list, set_list, "list of DNSResource", reinterpret_cast<void*>(2)},
    {"ad", get_list, set_list, "list of DNSResource: the additional section",
     reinterpret_cast<void*>(3)},
    {}};

PyObject* make_sections(PyObject* self) noexcept {
  return guarded([&] {
    const DnsSections sections = DnsSections::read(message_of(pkt_of(self)));
    const auto list = [](const auto& items) {
      py::list made;
      for (const auto& item : items) made.append(py::cast(item));
      return made;
    };
    return py::make_tuple(list(sections.queries), list(sections.answers), list(sections.authority),
                          list(sections.ad))
        .release()
        .ptr();
  });
}

bool take_sections(PyObject* self, PyObject* keywords) noexcept {
  for (std::size_t i = 0; i < list_names.size(); ++i) {
    PyObject* const given = PyDict_GetItemString(keywords, list_names[i]);
    if (given != nullptr && set_list(self, given, reinterpret_cast<void*>(i)) < 0) return false;
  }
  return true;
}

bool append_message(PyObject* self, steel::Octets& out, const steel::Pkt2Net& told) {
  const WeirPkt& pkt = pkt_of(self);
  const bool is_untouched = pkt.data != nullptr && pkt.payload == nullptr;
  if (is_untouched && told.compress) {
    const Bytes message = message_of(pkt);
    out.insert(out.end(), message.begin(), message.end());
    return true;
  }
  return guarded([&] { return append_written(self, out, told); }, false);
}

}  // namespace weir::python
