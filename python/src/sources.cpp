// Opens what weir.open() and weir.capture() name.
#include "sources.h"

#include <pybind11/stl.h>

#include "bindings.h"
#include "source_object.h"
#include "weir/capture/live.h"
#include "weir/savefile/walk.h"

namespace py = pybind11;

namespace weir::python {
namespace {

std::optional<filter::Filter> judge(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return filter::Filter{*text};
}

py::object source_over(std::unique_ptr<PacketSource> source, std::optional<filter::Filter> filter,
                       std::optional<double> timeout, py::object keeps) {
  std::optional<Duration> limit;
  if (timeout)
    limit = std::chrono::duration_cast<Duration>(std::chrono::duration<double>{*timeout});
  return checked(new_source(std::make_shared<Stream>(std::move(source), std::move(filter), limit),
                            keeps.ptr()));
}

py::object files(std::vector<std::string> paths, const std::optional<std::string>& filter,
                 bool merge, bool skip_damaged, bool follow) {
  auto wanted = judge(filter);
  std::unique_ptr<PacketSource> source;
  {
    const py::gil_scoped_release released;
    source = open_files({.paths = std::move(paths),
                         .merge = merge,
                         .skip_damaged = skip_damaged,
                         .follow = follow,
                         .ordinals = filter.has_value()});
  }
  return source_over(std::move(source), std::move(wanted), std::nullopt, py::none());
}

py::object octets(const py::bytes& bytes, const std::optional<std::string>& filter,
                  bool skip_damaged) {
  const auto view = static_cast<std::string_view>(bytes);
  return source_over(
      open_files({.memory = Bytes{reinterpret_cast<const std::uint8_t*>(view.data()), view.size()},
                  .skip_damaged = skip_damaged,
                  .ordinals = filter.has_value()}),
      judge(filter), std::nullopt, bytes);
}

capture::Traffic traffic_of(const std::string& direction) {
  if (direction == "any") return capture::Traffic::any;
  if (direction == "in") return capture::Traffic::in;
  if (direction == "out") return capture::Traffic::out;
  throw py::value_error("direction " + direction + ": it is \"any\", \"in\" or \"out\"");
}

py::object adapter(const std::string& name, const std::optional<std::string>& filter,
                   std::uint32_t snaplen, bool promiscuous, const std::string& direction,
                   std::optional<double> timeout, std::size_t ring_size) {
  capture::LiveOptions options{
      .snapshot_length = snaplen, .promiscuous = promiscuous, .traffic = traffic_of(direction)};
  if (filter) options.filter = filter::Filter{*filter};
  if (ring_size != 0) options.ring_size = ring_size;
  std::unique_ptr<PacketSource> source;
  {
    const py::gil_scoped_release released;
    source = std::make_unique<capture::Live>(name, options);
  }
  return source_over(std::move(source), std::nullopt, timeout, py::none());
}

}  // namespace

std::unique_ptr<PacketSource> open_files(const FileOptions& options) {
  const savefile::ReaderOptions reader{
      .skip_damaged = options.skip_damaged, .follow = options.follow, .ordinals = options.ordinals};
  if (options.memory) {
    return std::make_unique<savefile::Reader>(savefile::Reader::memory(*options.memory, reader));
  }
  auto files = savefile::expand(options.paths);
  if (files.size() == 1 && files.front().directory.empty()) {
    if (files.front().path == "-") {
      return std::make_unique<savefile::Reader>(savefile::Reader::standard_input(reader));
    }
    return std::make_unique<savefile::Reader>(files.front().path, reader);
  }
  return std::make_unique<savefile::Walk>(
      std::move(files), savefile::WalkOptions{.reader = reader, .merge = options.merge});
}

void bind_sources(py::module_& module) {
  module.def("open_files", &files, py::arg("paths"), py::arg("filter"), py::arg("merge"),
             py::arg("skip_damaged"), py::arg("follow"),
             "open_files(paths, filter, merge, skip_damaged, follow)\n--\n\nPackets of capture "
             "files: see weir.open().");
  module.def("open_bytes", &octets, py::arg("data"), py::arg("filter"), py::arg("skip_damaged"),
             "open_bytes(data, filter, skip_damaged)\n--\n\nPackets of a capture in memory: see "
             "weir.open().");
  module.def("open_adapter", &adapter, py::arg("adapter"), py::arg("filter"), py::arg("snaplen"),
             py::arg("promiscuous"), py::arg("direction"), py::arg("timeout"), py::arg("ring_size"),
             "open_adapter(adapter, filter, snaplen, promiscuous, direction, timeout, "
             "ring_size)\n--\n\nPackets of an adapter: see weir.capture().");
}

}  // namespace weir::python
