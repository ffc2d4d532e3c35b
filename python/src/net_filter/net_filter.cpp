// weir.compat.pcapfilter.NetFilter: its life, its installation and its packets.
#include <pybind11/stl.h>

#include "collected.h"
#include "contiguous.h"
#include "net_filter/arguments.h"
#include "net_filter/bind_net_filter.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using N = compat::NetFilter;

/// One that only its own handlers refer to is ended before those are taken apart.
py::custom_type_setup ending_when_collected() {
  const py::custom_type_setup collecting = collected<FilterCore>();
  return py::custom_type_setup{[collecting](PyHeapTypeObject* heap_type) {
    collecting.value(heap_type);
    heap_type->ht_type.tp_finalize = [](PyObject* self) {
      if (FilterCore* const filter = behind<FilterCore>(self)) filter->end();
    };
  }};
}

void start_filter(FilterCore& self, const py::object& timeout) {
  constexpr int no_timeout = -1;
  const int milliseconds = whole_or(timeout, "timeout", no_timeout);
  self.ask_at_rest([&](N& filter) { filter.start_filter(milliseconds); });
}

void bind_life(NetFilterClass& type) {
  type.def(py::init<>(), "__init__(self)\n--\n\nNothing is active.")
      .def(
          "initialize",
          [](FilterCore& self, const py::object& product_guid) {
            self.initialize(words(product_guid, "product_guid"));
          },
          py::arg("product_guid"),
          "initialize(self, product_guid)\n--\n\nFor a driver that install() has installed under "
          "that GUID. Raises NetFilterError: 2 there is none, 340 it is not for this library, 13, "
          "87, 1230, 1131.")
      .def("start_filter", &start_filter, py::arg("timeout"),
           "start_filter(self, timeout)\n--\n\nFilters from now on. timeout: milliseconds that a "
           "handler has for a packet, 3000 or more; 0 for ever. Raises NetFilterError: 21, 1230, "
           "1314, 1292, 2, 5, 1131.")
      .def("stop_filter", &FilterCore::stop,
           "stop_filter(self)\n--\n\nFilters no more; returns when no packet is held any more. "
           "Ctrl-C ends the wait, and the end goes on without it. Raises NetFilterError: 21, and "
           "1131 in handlers.")
      .def(
          "reset_timeout",
          [](FilterCore& self, const py::args&) {
            self.ask([](N& filter) { filter.reset_timeout(); });
          },
          "reset_timeout(self, *ignored)\n--\n\nIn on_packet: the packet's timeout begins anew. "
          "Raises NetFilterError: 21 elsewhere.");
}

bool install(FilterCore& self, const py::object& cab_file_name, const py::object& product_guid,
             const py::object& altitude, const py::object& flags,
             const py::object& allowed_controllers) {
  const std::string file = path(cab_file_name);
  const std::string product = words(product_guid, "product_guid");
  const int height = whole(altitude, "altitude");
  const int options = whole(flags, "flags");
  const std::string programs = words(allowed_controllers, "allowed_controllers", "surrogateescape");
  return self.ask_at_rest(
      [&](N& filter) { return filter.install(file, product, height, options, programs); });
}

bool uninstall(FilterCore& self, const py::object& cab_file_name, const py::object& product_guid,
               const py::object& flags) {
  const std::string file = path(cab_file_name);
  const std::string product = words(product_guid, "product_guid");
  const int versions = whole(flags, "flags");
  return self.ask_at_rest([&](N& filter) { return filter.uninstall(file, product, versions); });
}

template <auto member>
auto about_product() {
  return [](FilterCore& self, const py::object& product_guid) {
    const std::string product = words(product_guid, "product_guid");
    return self.ask([&](N& filter) { return (filter.*member)(product); });
  };
}

void bind_installation(NetFilterClass& type) {
  type.def("install", &install, py::arg("cab_file_name"), py::arg("product_guid"),
           py::arg("altitude"), py::arg("flags"), py::arg("allowed_controllers"),
           "install(self, cab_file_name, product_guid, altitude, flags, allowed_controllers)\n"
           "--\n\nInstalls or upgrades the driver for a GUID. flags: INSTALL_…; "
           "allowed_controllers: paths of programs, one a line, or empty. False: there is nothing "
           "to restart. Raises NetFilterError: 1314, 87, 2, 13, 112, 170, 1131.")
      .def("uninstall", &uninstall, py::arg("cab_file_name"), py::arg("product_guid"),
           py::arg("flags"),
           "uninstall(self, cab_file_name, product_guid, flags)\n--\n\nTakes what install() has "
           "installed away. flags: UNINSTALL_VERSION_…. Raises and returns as install().")
      .def("get_driver_status", about_product<&N::get_driver_status>(), py::arg("product_guid"),
           "get_driver_status(self, product_guid)\n--\n\nMODULE_STATUS_…. Raises NetFilterError: "
           "87, 13, 1131.")
      .def("get_driver_version", about_product<&N::get_driver_version>(), py::arg("product_guid"),
           "get_driver_version(self, product_guid)\n--\n\nFour times 16 bits; 0 if nothing is "
           "installed. Raises NetFilterError: 87, 13, 1131.");
}

int nt_status_to_win32_error(FilterCore& self, const py::object& status) {
  const py::object number = checked(whole_number(status.ptr(), "status").release());
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow != 0) return N::ERROR_MR_MID_NOT_FOUND;
  return self.ask([&](N& filter) { return filter.nt_status_to_win32_error(value); });
}

struct Shutdown {
  std::string prompt;
  int timeout;
  bool force_close_apps;
  bool reboot;

  Shutdown(const py::object& prompt_text, const py::object& seconds, const py::object& force,
           const py::object& again)
      : prompt{words(prompt_text, "shutdown_prompt", "replace")},
        timeout{whole(seconds, "timeout")},
        force_close_apps{flag(force, "force_close_apps")},
        reboot{flag(again, "reboot")} {}
};

void bind_system(NetFilterClass& type) {
  type.def("nt_status_to_win32_error", &nt_status_to_win32_error, py::arg("status"),
           "nt_status_to_win32_error(self, status)\n--\n\nThe Win32 error that a native status "
           "stands for; ERROR_MR_MID_NOT_FOUND (317) if there is none.")
      .def(
          "shutdown_system",
          [](FilterCore& self, const py::object& prompt, const py::object& timeout,
             const py::object& force, const py::object& reboot) {
            const Shutdown wanted{prompt, timeout, force, reboot};
            return self.ask([&](N& filter) {
              return filter.shutdown_system(wanted.prompt, wanted.timeout, wanted.force_close_apps,
                                            wanted.reboot);
            });
          },
          py::arg("shutdown_prompt"), py::arg("timeout"), py::arg("force_close_apps"),
          py::arg("reboot"),
          "shutdown_system(self, shutdown_prompt, timeout, force_close_apps, reboot)\n--\n\nAsks "
          "logind to shut the system down. False if it refuses, or there is none. Raises "
          "NetFilterError: 1131 in handlers.")
      .def_static(
          "shutdown_calls",
          [](const py::object& prompt, const py::object& timeout, const py::object& force,
             const py::object& reboot) {
            const Shutdown wanted{prompt, timeout, force, reboot};
            return N::shutdown_calls(wanted.prompt, wanted.timeout, wanted.force_close_apps,
                                     wanted.reboot);
          },
          py::arg("shutdown_prompt"), py::arg("timeout"), py::arg("force_close_apps"),
          py::arg("reboot"),
          "shutdown_calls(shutdown_prompt, timeout, force_close_apps, reboot)\n--\n\nWhat "
          "shutdown_system() would ask logind for, a call each. Not published.")
      .def(
          "toggle_process_protection",
          [](FilterCore& self, const py::object& enabled) {
            const bool is_on = flag(enabled, "enabled");
            return self.ask([&](N& filter) { return filter.toggle_process_protection(is_on); });
          },
          py::arg("enabled"),
          "toggle_process_protection(self, enabled)\n--\n\nMakes the process hard to end. False: "
          "nothing keeps SIGKILL away. Raises NetFilterError: 21, 1314.");
}

void bind_packets(NetFilterClass& type) {
  type.def(
          "send_packet",
          [](FilterCore& self, const py::object& adapter_id, const py::object& data,
             const py::object& num_times, const py::object& buffer_only) {
            const int adapter = whole(adapter_id, "adapter_id");
            const Contiguous bytes{data};
            const int times = whole(num_times, "num_times");
            const bool is_kept = flag(buffer_only, "buffer_only");
            self.ask([&](N& filter) { filter.send_packet(adapter, bytes.get(), times, is_kept); });
          },
          py::arg("adapter_id"), py::arg("data"), py::arg("num_times"), py::arg("buffer_only"),
          "send_packet(self, adapter_id, data, num_times, buffer_only)\n--\n\nSends a packet, "
          "bytes "
          "or what has them in one piece, so many times; buffer_only: with flush_send_buffer(). "
          "Raises NetFilterError: 21, 1314, 87, 1168, 31, 122.")
      .def(
          "flush_send_buffer",
          [](FilterCore& self, const py::object& adapter_id) {
            const int adapter = whole(adapter_id, "adapter_id");
            self.ask([&](N& filter) { filter.flush_send_buffer(adapter); });
          },
          py::arg("adapter_id"),
          "flush_send_buffer(self, adapter_id)\n--\n\nSends what waits; -1: on all adapters. "
          "Raises "
          "as send_packet().")
      .def(
          "insert_incoming_packet",
          [](FilterCore& self, const py::object& adapter_id, const py::object& data) {
            const int adapter = whole(adapter_id, "adapter_id");
            const Contiguous bytes{data};
            self.ask([&](N& filter) { filter.insert_incoming_packet(adapter, bytes.get()); });
          },
          py::arg("adapter_id"), py::arg("data"),
          "insert_incoming_packet(self, adapter_id, data)\n--\n\nAs if the adapter had received "
          "it. "
          "Raises as send_packet().")
      .def(
          "get_statistics",
          [](FilterCore& self, const py::object& adapter_id) {
            const int adapter = whole(adapter_id, "adapter_id");
            self.ask([&](N& filter) { filter.get_statistics(adapter); });
          },
          py::arg("adapter_id"),
          "get_statistics(self, adapter_id)\n--\n\nAnswered by on_statistics: of all packets, and "
          "while active of the filter's. Raises NetFilterError: 21, 1168, 170.");
}

}  // namespace

void bind_net_filter(py::module_& module) {
  register_net_filter_error();
  bind_net_filter_events(module);
  end_filters_at_exit();
  NetFilterClass type(
      module, "NetFilter",
      "NetFilter()\n--\n\nStands in the way of packets of any adapter, by rules. All "
      "calls by several threads at once; handlers run in threads of its own. What "
      "cannot be done raises NetFilterError.",
      ending_when_collected());
  bind_life(type);
  bind_installation(type);
  bind_system(type);
  bind_packets(type);
  bind_net_filter_adapters(type);
  bind_net_filter_rules(type);
  bind_net_filter_settings(type);
  bind_net_filter_hooks(type);
  bind_net_filter_constants(type);
  for (const char* const name :
       {"NetFilter", "NetFilterAdapterAddedEventParams", "NetFilterAdapterRemovedEventParams",
        "NetFilterErrorEventParams", "NetFilterStatisticsEventParams",
        "NetFilterWorkerThreadCreationEventParams",
        "NetFilterWorkerThreadTerminationEventParams"}) {
    module.attr(name).attr("__module__") = "weir.compat.pcapfilter";
  }
}

}  // namespace weir::python
