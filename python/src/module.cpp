// weir._core: everything that the package weir takes from C++.
#include "address_object.h"
#include "bindings.h"
#include "flows/flow_object.h"
#include "flows/history_object.h"
#ifdef WEIR_PYTHON_HAS_GATE
#include "gates/bind_gate.h"
#include "net_filter/bind_net_filter.h"
#endif
#include "header_object.h"
#include "packet_object.h"
#include "raise.h"
#include "sealed.h"
#include "source_object.h"
#include "value_object.h"
#include "weir/error.h"
#include "weir/version.h"
#include "written/fields_object.h"

PYBIND11_MODULE(_core, module) {
  namespace py = pybind11;
  using namespace weir::python;
  py::options options;
  options.disable_function_signatures();  // docstrings begin with those of Python
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const weir::Error&) {
      raise_current();
    }
  });
  module.attr("version") = weir::version;
  const py::module_ headers =
      module.def_submodule("headers", "Types of headers: one a protocol, or a format of it.");
  const py::module_ fields =
      module.def_submodule("fields", "Types of headers to be written: see weir.build().");
  if (!import_datetime() || !add_address_types(module.ptr()) ||
      !add_header_types(module.ptr(), headers.ptr()) || !add_fields_types(fields.ptr()) ||
      !add_packet_type(module.ptr()) || !add_source_type(module.ptr()) ||
      !add_history_types(module.ptr()) || !add_flow_type(module.ptr())) {
    throw py::error_already_set{};
  }
  bind_build(module);
  bind_decoders(module);
  bind_editor(module);
  bind_sources(module);
  bind_live_sources(module);
  bind_filters(module);
  bind_columns(module);
  bind_flows(module);
  bind_info(module);
  bind_adapters(module);
  bind_replay(module);
  bind_statistics(module);
  bind_watch(module);
  bind_sender(module);
  bind_incoming(module);
  bind_writer(module);
#ifdef WEIR_PYTHON_HAS_GATE
  py::module_ gate = module.def_submodule("gate", "What weir.Gate is made of.");
  bind_gate(gate);
#endif
  py::module_ pcapfilter =
      module.def_submodule("pcapfilter", "The classes of weir.compat.pcapfilter.");
  bind_ip_monitor(pcapfilter);
#ifdef WEIR_PYTHON_HAS_GATE
  bind_net_filter(pcapfilter);
#endif
  py::module_ fparser = module.def_submodule("fparser", "The classes of weir.compat.fparser.");
  bind_fparser(fparser);
  py::module_ inetpkt =
      module.def_submodule("inetpkt", "The packet classes of weir.compat.steelscript.");
  bind_inetpkt(inetpkt);
  py::module_ pycap = module.def_submodule("pycap", "The types of weir.compat.pycap.");
  bind_pycap(pycap);
  py::module_ steelscript_pcap = module.def_submodule(
      "steelscript_pcap", "The classes of weir.compat.steelscript.packets.core.pcap.");
  bind_steelscript_pcap(steelscript_pcap);
  seal_classes(module);
}
