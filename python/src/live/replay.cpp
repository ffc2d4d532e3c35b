// weir.replay(): recordings sent in time.
#include "weir/inject/replay.h"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bindings.h"
#include "filters.h"
#include "live/interruption.h"
#include "object.h"
#include "raise.h"
#include "sources.h"
#include "troubles.h"
#include "weir/savefile/walk.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using inject::Replay;
using inject::ReplayEnd;
using inject::ReplayFigures;
using inject::ReplayOptions;

/// What is to be changed, as text: what options of the command have.
struct Changes {
  std::vector<std::string> addresses;
  std::vector<std::string> ports;
  std::optional<std::string> source_mac;
  std::optional<std::string> destination_mac;
  std::optional<std::string> vlan;
  std::optional<int> ttl;
  bool unique = false;
};

inject::Rewriting rewriting_of(const Changes& changes) {
  inject::Rewriting rewriting{.unique_addresses = changes.unique};
  for (const auto& mapping : changes.addresses) {
    inject::add_address_mapping(rewriting.addresses, mapping);
  }
  for (const auto& mapping : changes.ports) inject::add_port_mapping(rewriting.ports, mapping);
  if (changes.source_mac) rewriting.source_mac = inject::parse_mac_change(*changes.source_mac);
  if (changes.destination_mac) {
    rewriting.destination_mac = inject::parse_mac_change(*changes.destination_mac);
  }
  if (changes.vlan) rewriting.vlan = inject::parse_vlan_change(*changes.vlan);
  if (changes.ttl && (*changes.ttl < 0 || *changes.ttl > 255)) {
    throw Error{ErrorCode::invalid_argument, "ttl: 0 to 255"};
  }
  if (changes.ttl) rewriting.ttl = static_cast<std::uint8_t>(*changes.ttl);
  return rewriting;
}

/// What weir.replay() takes beside files, adapters and changes.
struct Extent {
  std::string rate;
  std::uint64_t loop;
  py::object duration;
  std::uint64_t count;
  py::object max_gap;
  bool preload;
  py::object split;
  bool is_incoming;
  bool segment;
  bool dry_run;
  std::uint64_t preload_limit;
};

inject::Split split_of(const py::object& given) {
  if (given.is_none()) return {};
  if (py::isinstance<py::str>(given) && given.cast<std::string>() == "direction") {
    return {.kind = inject::Split::Kind::direction};
  }
  return {.kind = inject::Split::Kind::filter, .filter = filter_in(given).value()};
}

std::vector<inject::Outlet> open_outlets(const std::vector<std::string>& adapters,
                                         const Extent& extent) {
  std::vector<inject::Outlet> outlets;
  for (const std::string& name : adapters) {
    try {
      if (extent.is_incoming) {
        outlets.emplace_back(inject::Incoming{name});
      } else {
        outlets.emplace_back(
            inject::Sender{name, {.segment = extent.segment, .dry_run = extent.dry_run}});
      }
    } catch (const Error&) {
      raise_current({Subject::Kind::adapter, name});
      throw py::error_already_set{};
    }
  }
  return outlets;
}

/// Tells where one ends and the next one begins. False where a signal has ended it.
bool copy_files(PacketSource& source, PacketSink& to, Interruption& is_interrupted) {
  for (bool has_ended = false; !has_ended && !to.is_full();) {
    if (is_interrupted()) return false;
    const Batch batch = source.next_batch(Deadline::in(signal_period));
    has_ended = batch.is_last();
    to.write(source.interfaces(), batch.packets);
    if (batch.packets.empty()) to.flush_if_due();
    if (source.context().ends_file) to.rotate();
  }
  return true;
}

/// What was thrown by files is raised with their names.
void send_files(Replay& replay, const Input& input) {
  FileOptions options = input.options;
  const auto own = keep_descriptor(options);
  const std::string name = options.paths.size() == 1 ? options.paths[0] : std::string{};
  std::unique_ptr<PacketSource> first;
  try {
    const WithoutGil without;
    Interruption is_interrupted;
    replay.run([&](PacketSink& to) {
      auto source = open_files(options);
      if (!copy_files(*source, to, is_interrupted)) replay.stop();
      if (!first) first = std::move(source);
    });
  } catch (const Error&) {
    raise_current({Subject::Kind::file, name});
  }
  if (PyErr_Occurred() == nullptr) {
    if (const auto* walk = dynamic_cast<const savefile::Walk*>(first.get())) {
      raise_troubles(*walk, replay.end() == ReplayEnd::limit);
    }
  }
  if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
}

/// What weir.replay() returns.
struct Replayed {
  ReplayFigures figures;
  std::optional<std::string> lost;  // the adapter that went
};

Replayed replayed_of(const Replay& replay) {
  Replayed replayed{replay.figures(), {}};
  if (replay.end() == ReplayEnd::adapter_down || replay.end() == ReplayEnd::adapter_gone) {
    replayed.lost = replay.adapter();
  }
  return replayed;
}

/// What has left is told whatever is raised.
void add_figures(const py::error_already_set& raised, Replayed figures) {
  if (PyObject_SetAttrString(raised.value().ptr(), "replayed", py::cast(std::move(figures)).ptr()) <
      0) {
    PyErr_Clear();  // an exception that takes no attributes
  }
}

/// Whether it can be read but once.
bool is_stream(const FileOptions& options) {
  return options.descriptor || std::ranges::any_of(options.paths, [](const std::string& path) {
           return savefile::is_stream({.path = path});
         });
}

/// Signals are Python's, and so is the function that looks on: false with an exception set.
bool goes_on(const py::object& on_progress, Replayed figures) {
  const py::gil_scoped_acquire with_gil;
  if (PyErr_CheckSignals() < 0) return false;
  if (on_progress.is_none()) return true;
  const auto answer = py::reinterpret_steal<py::object>(
      PyObject_CallOneArg(on_progress.ptr(), py::cast(std::move(figures)).ptr()));
  if (!answer) return false;
  return !answer.is(py::bool_(false));
}

std::optional<Duration> span_in(const py::object& seconds) {
  if (seconds.is_none()) return std::nullopt;
  // Not down: what is next to nothing is a limit still.
  return std::chrono::ceil<Duration>(std::chrono::duration<double>{seconds.cast<double>()});
}

Replayed replay(const Input& input, const std::vector<std::string>& adapters,
                const py::object& filter, const Extent& extent, const Changes& changes,
                const py::object& on_progress) {
  ReplayOptions options{.rate = inject::parse_rate(extent.rate),
                        .loops = extent.loop,
                        .duration = span_in(extent.duration).value_or(Duration{}),
                        .packets = extent.count,
                        .max_gap = span_in(extent.max_gap).value_or(Duration::max()),
                        .preload_limit = extent.preload_limit,
                        .split = split_of(extent.split),
                        .rewriting = rewriting_of(changes)};
  if (const auto wanted = filter_in(filter)) options.filter = *wanted;
  options.preload = extent.preload || (extent.loop != 1 && is_stream(input.options));
  options.on_progress = [&](const ReplayFigures& figures) {
    return goes_on(on_progress, {figures, {}});
  };
  Replay all{open_outlets(adapters, extent), std::move(options)};
  try {
    send_files(all, input);
  } catch (py::error_already_set& raised) {
    add_figures(raised, replayed_of(all));
    throw;
  }
  return replayed_of(all);
}

double seconds(Duration time) { return std::chrono::duration<double>(time).count(); }

py::dict refused_by(const Replayed& self) {
  py::dict causes;
  for (std::size_t i = 1; i < inject::refusals; ++i) {
    const auto cause = static_cast<inject::Refusal>(i);
    if (self.figures.refused(cause) != 0) causes[inject::name(cause)] = self.figures.refused(cause);
  }
  return causes;
}

py::dict deviation(const Replayed& self) {
  const inject::Deviation& late = self.figures.deviation;
  py::dict quantiles;
  if (late.count() == 0) return quantiles;
  quantiles["p50"] = late.quantile(0.5).count();
  quantiles["p99"] = late.quantile(0.99).count();
  quantiles["p999"] = late.quantile(0.999).count();
  quantiles["max"] = late.max().count();
  return quantiles;
}

template <auto field>
auto figure(const Replayed& self) {
  return self.figures.*field;
}

void bind_replayed(py::module_& module) {
  py::class_<Replayed>(module, "Replayed",
                       "What a replay came to: asked = packets + refused. As docs/json.md, "
                       "\"sent\", has it.",
                       py::is_final())
      .def_property_readonly("packets", &figure<&ReplayFigures::packets>,
                             "Frames the adapters took.")
      .def_property_readonly("bytes", &figure<&ReplayFigures::bytes>, "Their bytes.")
      .def_property_readonly("asked", &figure<&ReplayFigures::asked>,
                             "Frames that were to be sent.")
      .def_property_readonly(
          "refused", [](const Replayed& self) { return self.figures.refused(); },
          "Frames that were not taken.")
      .def_property_readonly("refused_by", &refused_by, "The same by cause.")
      .def_property_readonly("retried", &figure<&ReplayFigures::retried>,
                             "How often one had to be tried again.")
      .def_property_readonly("cut", &figure<&ReplayFigures::cut>,
                             "Packets that had been captured in part, and were sent so.")
      .def_property_readonly("clock_steps", &figure<&ReplayFigures::clock_steps>,
                             "How often the recording's clock had been set.")
      .def_property_readonly("loops", &figure<&ReplayFigures::loops>,
                             "Recordings sent to their end.")
      .def_property_readonly(
          "seconds", [](const Replayed& self) { return seconds(self.figures.duration); },
          "From the first frame to behind the last.")
      .def_property_readonly(
          "pps", [](const Replayed& self) { return self.figures.packet_rate(); },
          "Packets a second.")
      .def_property_readonly(
          "bps", [](const Replayed& self) { return self.figures.bit_rate(); }, "Bits a second.")
      .def_property_readonly("deviation_ns", &deviation,
                             "How late frames left, in nanoseconds: \"p50\", \"p99\", \"p999\", "
                             "\"max\"; empty at the top rate.")
      .def_property_readonly(
          "behind", [](const Replayed& self) { return seconds(self.figures.behind); },
          "Seconds that the last frame was late.")
      .def_readonly("lost", &Replayed::lost,
                    "The adapter that went down or away and ended it, or None.")
      .def(
          "__repr__",
          [](const Replayed& self) {
            return py::str("<weir.Replayed packets={} refused={}>")
                .format(self.figures.packets, self.figures.refused());
          },
          "__repr__(self, /)\n--\n\nFor people.");
}

}  // namespace

void bind_replay(py::module_& module) {
  bind_replayed(module);
  module.def(
      "replay",
      [](const Input& input, const std::vector<std::string>& adapters, const py::object& filter,
         std::string rate, std::uint64_t loop, py::object duration, std::uint64_t count,
         py::object max_gap, bool preload, py::object split, bool incoming, bool segment,
         bool dry_run, std::vector<std::string> map_addr, std::vector<std::string> map_port,
         std::optional<std::string> src_mac, std::optional<std::string> dst_mac,
         std::optional<std::string> vlan, std::optional<int> ttl, bool unique,
         std::uint64_t preload_limit, const py::object& on_progress) {
        return replay(input, adapters, filter,
                      {std::move(rate), loop, std::move(duration), count, std::move(max_gap),
                       preload, std::move(split), incoming, segment, dry_run, preload_limit},
                      {std::move(map_addr), std::move(map_port), std::move(src_mac),
                       std::move(dst_mac), std::move(vlan), ttl, unique},
                      on_progress);
      },
      py::arg("input"), py::arg("adapters"), py::arg("filter"), py::arg("rate"), py::arg("loop"),
      py::arg("duration"), py::arg("count"), py::arg("max_gap"), py::arg("preload"),
      py::arg("split"), py::arg("incoming"), py::arg("segment"), py::arg("dry_run"),
      py::arg("map_addr"), py::arg("map_port"), py::arg("src_mac"), py::arg("dst_mac"),
      py::arg("vlan"), py::arg("ttl"), py::arg("unique"), py::arg("preload_limit"),
      py::arg("on_progress"),
      "replay(input, adapters, filter, rate, loop, duration, count, max_gap, preload, split, "
      "incoming, segment, dry_run, map_addr, map_port, src_mac, dst_mac, vlan, ttl, unique, "
      "preload_limit, on_progress)\n--\n\nRecordings sent in time: see weir.replay().");
}

}  // namespace weir::python
