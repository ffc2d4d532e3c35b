// What the parts of the module bind, and references on their way into pybind11.
#pragma once

#include <pybind11/pybind11.h>

namespace weir::python {

/// Takes over a new reference; null with an exception set is thrown.
inline pybind11::object checked(PyObject* object) {
  if (object == nullptr) throw pybind11::error_already_set{};
  return pybind11::reinterpret_steal<pybind11::object>(object);
}

void bind_adapters(pybind11::module_& module);
void bind_build(pybind11::module_& module);
void bind_columns(pybind11::module_& module);
void bind_decoders(pybind11::module_& module);
void bind_editor(pybind11::module_& module);
void bind_filters(pybind11::module_& module);
void bind_flows(pybind11::module_& module);
void bind_fparser(pybind11::module_& module);
void bind_incoming(pybind11::module_& module);
void bind_interfaces(pybind11::module_& module);
void bind_inetpkt(pybind11::module_& module);
void bind_info(pybind11::module_& module);
void bind_ip_monitor(pybind11::module_& module);
void bind_live_sources(pybind11::module_& module);
void bind_replay(pybind11::module_& module);
void bind_sender(pybind11::module_& module);
void bind_pycap(pybind11::module_& module);
void bind_sources(pybind11::module_& module);
void bind_statistics(pybind11::module_& module);
void bind_steelscript_pcap(pybind11::module_& module);
void bind_watch(pybind11::module_& module);
void bind_writer(pybind11::module_& module);

}  // namespace weir::python
