// DNSQuery and DNSResource of steelscript.packets in Python.
#pragma once

#include <pybind11/pybind11.h>

namespace weir::python {

void bind_dns_types(pybind11::module_& module);

}  // namespace weir::python
