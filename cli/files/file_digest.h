// The SHA-256 of a capture file as it is stored.
#pragma once

#include <string>
#include <vector>

#include "cli/files/input.h"
#include "weir/savefile/reader.h"

namespace weir::cli {

/// Whether it is a regular file: not standard input, not a pipe.
[[nodiscard]] inline bool can_be_read_twice(const InputFile& file) { return file.size.has_value(); }

/// 64 hex digits; the file is opened as the options say. Empty for what cannot be read twice,
/// cannot be read whole, or once a stop signal came. Throws UsageError where it was left out of the
/// build.
[[nodiscard]] std::string digest_of(const InputFile& file,
                                    const savefile::ReaderOptions& options = {});
/// The digest of the digests of all; empty if one is.
[[nodiscard]] std::string digest_of_all(const std::vector<InputFile>& files,
                                        const savefile::ReaderOptions& options);

}  // namespace weir::cli
