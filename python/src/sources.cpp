// Opens what weir.open() names.
#include "sources.h"

#include <fcntl.h>
#include <pybind11/stl.h>
#include <unistd.h>

#include <cerrno>

#include "bindings.h"
#include "filters.h"
#include "headers/decoders.h"
#include "source_object.h"
#include "weir/savefile/input_file.h"
#include "weir/savefile/time_text.h"
#include "weir/savefile/walk.h"

namespace py = pybind11;

namespace weir::python {
namespace {

using savefile::TimeWindow;
using savefile::WindowEnd;

WindowEnd end_of(const py::object& given, const WindowEnd& none, bool is_later) {
  if (given.is_none()) return none;
  if (py::isinstance<py::str>(given)) {
    return savefile::parse_time(given.cast<std::string>(), is_later);
  }
  return {.moment = Timestamp{Duration{given.cast<std::int64_t>()}}};
}

TimeWindow window_of(const py::object& since, const py::object& until) {
  if (since.is_none() && until.is_none()) return {};
  const TimeWindow window{end_of(since, TimeWindow::no_start, false),
                          end_of(until, TimeWindow::no_end, true)};
  if (window.is_empty()) {
    throw Error{ErrorCode::invalid_argument, "nothing is between since and until"};
  }
  return window;
}

Input make_input(std::vector<std::string> paths, const py::object& memory,
                 std::optional<int> descriptor, bool merge, const py::object& since,
                 const py::object& until, bool skip_damaged, bool follow) {
  Input input{.options = {.paths = std::move(paths),
                          .descriptor = descriptor,
                          .window = window_of(since, until),
                          .merge = merge,
                          .skip_damaged = skip_damaged,
                          .follow = follow},
              .memory = memory};
  if (!memory.is_none()) {
    const auto bytes = static_cast<std::string_view>(memory.cast<py::bytes>());
    input.options.memory = Bytes{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  }
  return input;
}

py::object open_source(const Input& input, const py::object& filter, const py::object& timeout,
                       const PythonDecoders* decoders) {
  auto wanted = filter_in(filter);
  FileOptions options = input.options;
  options.ordinals = wanted.has_value() || !options.window.is_everything();
  StreamParts parts = open_stream(options);
  parts.filter = std::move(wanted);
  parts.timeout = timeout_in(timeout);
  parts.decoders = decoders_in(decoders);
  return checked(new_source(std::make_shared<Stream>(std::move(parts)), input.memory.ptr()));
}

NamedCounts named(const savefile::ReaderCounts& counts) {
  return {{"stream_bytes", counts.stream_bytes},       {"backward", counts.backward},
          {"rounded_times", counts.rounded_times},     {"no_timestamp", counts.no_timestamp},
          {"skipped_regions", counts.skipped_regions}, {"skipped_bytes", counts.skipped_bytes},
          {"rounded_lengths", counts.rounded_lengths}};
}

/// The same file by another number, whoever closes the one given.
std::shared_ptr<const int> own_descriptor(int given) {
  const int number = ::fcntl(given, F_DUPFD_CLOEXEC, 0);
  if (number < 0) throw SystemError{errno, "read descriptor " + std::to_string(given)};
  return {new int{number}, [](const int* own) {
            ::close(*own);
            delete own;
          }};
}

std::vector<savefile::InputFile> inputs_of(const FileOptions& options) {
  if (options.memory) return {{.path = "memory", .memory = options.memory}};
  if (options.descriptor) {
    return {{.path = options.paths.at(0), .descriptor = options.descriptor}};
  }
  return savefile::expand(options.paths);
}

}  // namespace

std::optional<Duration> timeout_in(py::handle given) {
  constexpr double longest = 1e9;
  if (given.is_none()) return std::nullopt;
  const double seconds = PyFloat_AsDouble(given.ptr());
  if (seconds == -1 && PyErr_Occurred() != nullptr) {
    if (PyErr_ExceptionMatches(PyExc_TypeError) == 0) throw py::error_already_set{};
    PyErr_Clear();
    throw py::type_error(std::string{"a timeout is a number of seconds, or None, not "} +
                         Py_TYPE(given.ptr())->tp_name);
  }
  if (!(seconds >= 0)) {
    throw Error{ErrorCode::invalid_argument, "a timeout is a number of seconds from 0 on"};
  }
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>{std::min(seconds, longest)});
}

std::shared_ptr<const int> keep_descriptor(FileOptions& options) {
  if (!options.descriptor) return {};
  auto own = own_descriptor(*options.descriptor);
  options.descriptor = *own;
  return own;
}

std::unique_ptr<PacketSource> open_files(const FileOptions& options) {
  const savefile::ReaderOptions reader{
      .skip_damaged = options.skip_damaged, .follow = options.follow, .ordinals = options.ordinals};
  auto files = inputs_of(options);
  const bool is_one = files.size() == 1 && files[0].directory.empty();
  if (is_one && options.window.is_everything()) {
    return std::make_unique<savefile::Reader>(savefile::open_input(files[0], reader));
  }
  // What is wrong from the beginning on is told here, where that can be read again.
  if (is_one && !savefile::is_stream(files[0]))
    static_cast<void>(savefile::open_input(files[0], reader));
  return std::make_unique<savefile::Walk>(
      std::move(files),
      savefile::WalkOptions{
          .reader = reader, .merge = options.merge && !is_one, .window = options.window});
}

StreamParts open_stream(FileOptions options) {
  StreamParts parts{.source = nullptr, .kind = Subject::Kind::file};
  parts.file = keep_descriptor(options);
  if (options.paths.size() == 1) parts.name = options.paths[0];
  while (!parts.source) {
    try {
      const WithoutGil without;
      parts.source = open_files(options);
    } catch (const SystemError& error) {
      if (error.system_code().value() != EINTR) raise_current({parts.kind, parts.name});
      if (PyErr_CheckSignals() < 0) throw py::error_already_set{};
    } catch (const Error&) {
      raise_current({parts.kind, parts.name});
    }
    if (PyErr_Occurred() != nullptr) throw py::error_already_set{};
  }
  const auto* source = static_cast<const savefile::Source*>(parts.source.get());
  parts.counts = [source] { return named(source->counts()); };
  return parts;
}

void bind_sources(py::module_& module) {
  py::class_<Input>(module, "Input",
                    "Input(paths, memory, descriptor, merge, since, until, skip_damaged, "
                    "follow)\n--\n\nWhat weir.open() takes, told apart.",
                    py::is_final())
      .def(py::init(&make_input), py::arg("paths"), py::arg("memory"), py::arg("descriptor"),
           py::arg("merge"), py::arg("since"), py::arg("until"), py::arg("skip_damaged"),
           py::arg("follow"),
           "__init__(self, paths, memory, descriptor, merge, since, until, skip_damaged, "
           "follow)\n--\n\nOf the first three one is given.");
  module.def("open_source", &open_source, py::arg("input"), py::arg("filter"), py::arg("timeout"),
             py::arg("decoders"),
             "open_source(input, filter, timeout, decoders)\n--\n\nPackets of capture files: see "
             "weir.open().");
  bind_interfaces(module);
}

}  // namespace weir::python
