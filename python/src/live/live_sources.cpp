// Opens what weir.capture() names: one adapter, or several in step.
#include <pybind11/stl.h>

#include "bindings.h"
#include "filters.h"
#include "headers/decoders.h"
#include "source_object.h"
#include "sources.h"
#include "weir/capture/group.h"
#include "weir/capture/live.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using capture::Group;
using capture::Live;
using capture::LiveStatistics;

NamedCounts named(const LiveStatistics& counts) {
  return {{"received", counts.received},
          {"delivered", counts.delivered},
          {"filtered", counts.filtered},
          {"dropped", counts.dropped},
          {"waiting", counts.waiting},
          {"dropped_by_adapter", counts.dropped_by_adapter},
          {"filtered_in_kernel", counts.filtered_in_kernel}};
}

/// What is not known of one is not known of all.
NamedCounts sums(Group& group) {
  NamedCounts all = named(group.statistics(0));
  for (std::size_t i = 1; i < group.interfaces().size(); ++i) {
    const NamedCounts one = named(group.statistics(i));
    for (std::size_t k = 0; k < all.size(); ++k) {
      all[k].second = all[k].second && one[k].second
                          ? std::optional{*all[k].second + *one[k].second}
                          : std::nullopt;
    }
  }
  return all;
}

/// One adapter, opened without the GIL.
template <class Open>
auto opened(const std::string& adapter, Open open) {
  try {
    const WithoutGil without;
    return open();
  } catch (const Error&) {
    raise_current({Subject::Kind::adapter, adapter});
    throw py::error_already_set{};
  }
}

StreamParts single(const std::string& name, const capture::LiveOptions& options) {
  auto live = opened(name, [&] { return std::make_unique<Live>(name, options); });
  Live* const counted = live.get();
  return {
      .source = std::move(live), .kind = Subject::Kind::adapter, .name = name, .counts = [counted] {
        return named(counted->statistics());
      }};
}

StreamParts several(const std::vector<std::string>& names, const capture::LiveOptions& options) {
  auto group = std::make_unique<Group>();
  std::string all;
  for (const std::string& name : names) {
    opened(name, [&] { return group->add(name, options); });
    all += (all.empty() ? "" : ", ") + name;
  }
  Group* const counted = group.get();
  return {
      .source = std::move(group), .kind = Subject::Kind::adapter, .name = all, .counts = [counted] {
        return sums(*counted);
      }};
}

py::object open_adapters(const std::vector<std::string>& names, const py::object& filter,
                         std::uint32_t snaplen, bool promiscuous, const std::string& direction,
                         const py::object& timeout, std::size_t ring_size,
                         const PythonDecoders* decoders) {
  if (names.empty()) {
    throw Error{ErrorCode::invalid_argument, "capture() needs the name of an adapter"};
  }
  capture::LiveOptions options{
      .snapshot_length = snaplen, .promiscuous = promiscuous, .traffic = traffic_of(direction)};
  if (auto wanted = filter_in(filter)) options.filter = *wanted;
  if (ring_size != 0) options.ring_size = ring_size;
  StreamParts parts = names.size() == 1 ? single(names[0], options) : several(names, options);
  parts.timeout = timeout_in(timeout);
  parts.decoders = decoders_in(decoders);
  return checked(new_source(std::make_shared<Stream>(std::move(parts)), Py_None));
}

}  // namespace

capture::Traffic traffic_of(const std::string& direction) {
  if (direction == "any") return capture::Traffic::any;
  if (direction == "in") return capture::Traffic::in;
  if (direction == "out") return capture::Traffic::out;
  throw Error{ErrorCode::invalid_argument,
              "direction " + direction + ": it is \"any\", \"in\" or \"out\""};
}

void bind_live_sources(py::module_& module) {
  module.def("open_adapters", &open_adapters, py::arg("adapters"), py::arg("filter"),
             py::arg("snaplen"), py::arg("promiscuous"), py::arg("direction"), py::arg("timeout"),
             py::arg("ring_size"), py::arg("decoders"),
             "open_adapters(adapters, filter, snaplen, promiscuous, direction, timeout, "
             "ring_size, decoders)\n--\n\nPackets of adapters: see weir.capture().");
}

}  // namespace weir::python
