// Sources as Python names them: files in all shapes, and adapters.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stream.h"
#include "weir/capture/live.h"
#include "weir/savefile/time_window.h"
#include "weir/source.h"

namespace weir::python {

/// What weir.open() takes, as the package hands it over: weir.Input.
struct FileOptions {
  /// Files and directories; of what has none, what it is called.
  std::vector<std::string> paths{};
  /// Borrowed: whoever reads holds the object they belong to.
  std::optional<Bytes> memory{};
  /// An open file of somebody else's, which may close it: it is read through one of our own.
  std::optional<int> descriptor{};
  savefile::TimeWindow window{};
  bool merge = false;
  bool skip_damaged = false;
  bool follow = false;
  bool ordinals = false;
};

/// Files to read, and what holds the bytes of one in memory: weir.Input.
struct Input {
  FileOptions options;
  pybind11::object memory;
};

/// None is no limit. Throws Error (invalid_argument) for less than 0, TypeError for what is no
/// number.
[[nodiscard]] std::optional<Duration> timeout_in(pybind11::handle seconds);

/// "any", "in" or "out". Throws Error (invalid_argument).
[[nodiscard]] capture::Traffic traffic_of(const std::string& direction);

/// Has the options keep an open file by a number of our own, whoever closes the one given, as long
/// as what is returned lives. Throws SystemError.
[[nodiscard]] std::shared_ptr<const int> keep_descriptor(FileOptions& options);

/// One file, or several as one: a Walk. Throws as Reader and Walk. Without the GIL.
[[nodiscard]] std::unique_ptr<PacketSource> open_files(const FileOptions& options);
/// The same with the GIL, which is given up meanwhile; errors name the file, signals end a wait.
[[nodiscard]] StreamParts open_stream(FileOptions options);

}  // namespace weir::python
