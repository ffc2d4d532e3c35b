// Packet classes with lists of what follows their header: IGMP and DNS.
#pragma once

#include "inetpkt/pkt_object.h"

namespace weir::python {

/// A list that a layer has, set to what Python gives; false with an exception set where that is no
/// list.
[[nodiscard]] bool check_list(PyObject* given, const char* name) noexcept;

// igmp_object.cpp
extern PyGetSetDef igmp_lists[];
PyObject* make_group_records(PyObject* self) noexcept;
bool take_group_records(PyObject* self, PyObject* keywords) noexcept;
bool append_group_records(PyObject* self, steel::Octets& out, const steel::Pkt2Net& told);
PyObject* ask_group_records(PyObject* self, std::string_view query) noexcept;

// dns_object.cpp
extern PyGetSetDef dns_lists[];
PyObject* make_sections(PyObject* self) noexcept;
bool take_sections(PyObject* self, PyObject* keywords) noexcept;
bool append_message(PyObject* self, steel::Octets& out, const steel::Pkt2Net& told);

}  // namespace weir::python
