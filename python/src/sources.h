// Sources as Python names them: files in all shapes, and adapters.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/savefile/reader.h"
#include "weir/source.h"

namespace weir::python {

/// What weir.open() takes, as the package hands it over.
struct FileOptions {
  /// Files and directories; empty if the bytes are `memory`.
  std::vector<std::string> paths{};
  /// Borrowed: whoever reads holds the object they belong to.
  std::optional<Bytes> memory{};
  bool merge = false;
  bool skip_damaged = false;
  bool follow = false;
  bool ordinals = false;
};

/// One file, or several as one. Throws as Reader and Walk. Without the GIL.
[[nodiscard]] std::unique_ptr<PacketSource> open_files(const FileOptions& options);

void bind_sources(pybind11::module_& module);

}  // namespace weir::python
