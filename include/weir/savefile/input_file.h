// Which files there are to read: paths as they are given, and all that is below directories.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bytes.h"

namespace weir::savefile {

class Reader;
struct ReaderOptions;

/// One file to read.
struct InputFile {
  /// "-" is standard input.
  std::string path;
  /// The directory it was found below: if it is no capture it is passed over and counted, not an
  /// error. Empty if it was named itself. Equal to `path`: a directory without any file.
  std::string directory{};
  /// Its size, of a regular file: one that can be read twice. As it was found.
  std::optional<std::uint64_t> size{};
  /// Where its bytes are, if not in a file system: `path` is only what they are called then, and
  /// they must outlive whoever reads. Not to be merged.
  std::optional<Bytes> memory{};
  /// An open descriptor to read from where it stands, in place of `path`; it is not closed. Not to
  /// be merged.
  std::optional<int> descriptor{};
};

/// Replaces directories by the files below them, in byte order of path; links to directories are
/// not followed. A directory that cannot be read stays, so that opening it tells why; so does one
/// without any file. Throws Error (invalid_argument) for a path with a NUL character.
[[nodiscard]] WEIR_API std::vector<InputFile> expand(const std::vector<std::string>& paths);

/// Opens one, wherever its bytes are. Throws as Reader.
[[nodiscard]] WEIR_API Reader open_input(const InputFile& file, const ReaderOptions& options);

/// Whether its bytes come but once: standard input, descriptors and FIFOs.
[[nodiscard]] WEIR_API bool is_stream(const InputFile& file);

}  // namespace weir::savefile
