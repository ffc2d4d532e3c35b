// IGMP's group records in Python: a list of IGMPGroupRecord.
#include "inetpkt/kinds.h"
#include "inetpkt/lists.h"
#include "raise.h"
#include "weir/compat/steelscript/igmp.h"

namespace weir::python {
namespace {

using steel::IgmpHeader;
using steel::IgmpRecordHeader;

IgmpHeader& igmp_of(PyObject* self) noexcept { return *static_cast<IgmpHeader*>(header_of(self)); }

bool is_record(PyObject* object) noexcept {
  return is_pkt(object) && kind_of(object).layer == &IgmpRecordHeader::layer;
}

const Kind& record_kind() noexcept {
  for (const Kind& kind : kinds()) {
    if (kind.layer == &IgmpRecordHeader::layer) return kind;
  }
  return null_kind();
}

// The list; none with an exception set where it holds anything else.
Ref records_of(PyObject* self) noexcept {
  Ref list = Ref::steal(payload_of(self));
  for (Py_ssize_t i = 0; list && i < PyList_GET_SIZE(list.get()); ++i) {
    if (is_record(PyList_GET_ITEM(list.get(), i))) continue;
    PyErr_SetString(PyExc_TypeError, "group_records is a list of IGMPGroupRecord");
    return {};
  }
  return list;
}

PyObject* get(PyObject* self, void*) noexcept { return payload_of(self); }

int set(PyObject* self, PyObject* to, void*) noexcept {
  if (!check_list(to, "group_records")) return -1;
  Py_XSETREF(pkt_of(self).payload, Py_NewRef(to));
  return 0;
}

}  // namespace

PyGetSetDef igmp_lists[] = {
    {"group_records", get, set, "list of IGMPGroupRecord: of a report of version 3", nullptr}, {}};

bool check_list(PyObject* given, const char* name) noexcept {
  if (given != nullptr && PyList_Check(given)) return true;
  PyErr_Format(PyExc_TypeError, "%s is a list", name);
  return false;
}

PyObject* make_group_records(PyObject* self) noexcept {
  const WeirPkt& pkt = pkt_of(self);
  Ref list = Ref::steal(PyList_New(0));
  std::size_t at = pkt.payload_at;
  for (std::size_t left = pkt.data != nullptr ? pkt.payload_length : 0; list && left != 0;) {
    const Bytes rest = octets_of(pkt.data).subspan(at, left);
    IgmpRecordHeader header;
    const auto read = guarded([&] { return header.read(rest).has_value() ? 1 : 0; }, -1);
    if (read < 0) return nullptr;
    if (read == 0) break;
    const std::size_t length = header.header_length();
    const Ref record =
        Ref::steal(read_layer(record_kind(), pkt.data, at, length, nullptr, pkt.depth + 1));
    if (!record || PyList_Append(list.get(), record.get()) < 0) return nullptr;
    at += length;
    left -= length;
  }
  return list.release();
}

bool take_group_records(PyObject* self, PyObject* keywords) noexcept {
  PyObject* const given = PyDict_GetItemString(keywords, "group_records");
  return given == nullptr || set(self, given, nullptr) == 0;
}

bool append_group_records(PyObject* self, steel::Octets& out, const steel::Pkt2Net& told) {
  IgmpHeader& header = igmp_of(self);
  header.written_records = 0;
  if (!header.is_report_v3()) return true;
  const Ref list = records_of(self);
  if (!list) return false;
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.get()); ++i) {
    const Ref record = Ref::share(PyList_GET_ITEM(list.get(), i));
    if (!append_layer(record.get(), out, told)) return false;
    ++header.written_records;
  }
  return true;
}

PyObject* ask_group_records(PyObject* self, std::string_view query) noexcept {
  const Ref list = records_of(self);
  if (!list) return nullptr;
  return guarded([&] {
    steel::Addresses addresses;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list.get()); ++i) {
      const auto& record =
          *static_cast<IgmpRecordHeader*>(header_of(PyList_GET_ITEM(list.get(), i)));
      if (query == "igmp.maddr") {
        addresses.push_back(record.group_address);
      } else {
        const steel::Addresses& sources = record.get_source_addresses();
        addresses.insert(addresses.end(), sources.begin(), sources.end());
      }
    }
    return text(steel::joined(addresses));
  });
}

}  // namespace weir::python
