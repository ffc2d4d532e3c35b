// weir.info(): the summary of a file as a dict.
#include "weir/info/file_summary.h"

#include <pybind11/stl.h>

#include <chrono>

#include "bindings.h"
#include "headers/decoders.h"
#include "raise.h"
#include "value_object.h"

namespace py = pybind11;

namespace weir::python {
namespace {

/// Whether there is more to read, after a tenth of a second without the GIL at most.
bool read_a_while(info::FileSummary& told) {
  using Clock = std::chrono::steady_clock;
  const WithoutGil without;
  const auto pause = Clock::now() + std::chrono::milliseconds{100};
  bool has_more = true;
  while (has_more && Clock::now() < pause) has_more = told.read();
  return has_more;
}

info::FileSummary opened(const savefile::InputFile& file, const info::CountOptions& options) {
  const WithoutGil without;
  return info::FileSummary{file, options};
}

savefile::InputFile input_of(const std::string& path, const std::optional<py::bytes>& memory,
                             std::optional<int> descriptor) {
  if (memory) {
    const auto bytes = static_cast<std::string_view>(*memory);
    return {.path = path,
            .memory = Bytes{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}};
  }
  if (descriptor) return {.path = path, .descriptor = descriptor};
  const auto files = savefile::expand({path});
  if (files.size() != 1 || files.front().path != path || !files.front().directory.empty()) {
    throw Error{ErrorCode::invalid_argument, path + ": info tells of one file"};
  }
  return files.front();
}

py::object summarize(const std::string& path, const std::optional<py::bytes>& memory,
                     std::optional<int> descriptor, bool protocols, bool checksums,
                     const PythonDecoders* decoders) {
  try {
    info::FileSummary told =
        opened(input_of(path, memory, descriptor),
               {.protocols = protocols, .checksums = checksums, .decoders = decoders_in(decoders)});
    for (bool has_more = true; has_more;) {
      has_more = read_a_while(told);
      if (PyErr_Occurred() != nullptr || PyErr_CheckSignals() < 0) throw py::error_already_set{};
    }
    ValueBuilder builder;
    info::tell(builder, told.summary());
    return checked(builder.take());
  } catch (const Error&) {
    raise_current({Subject::Kind::file, path});
    throw py::error_already_set{};
  }
}

}  // namespace

void bind_info(py::module_& module) {
  module.def("summarize", &summarize, py::arg("path"), py::arg("memory"), py::arg("descriptor"),
             py::arg("protocols"), py::arg("checksums"), py::arg("decoders"),
             "summarize(path, memory, descriptor, protocols, checksums, decoders)\n--\n\nWhat a "
             "file holds: "
             "see weir.info().");
}

}  // namespace weir::python
