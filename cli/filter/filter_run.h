// A filter on capture files: how many packets match on each engine, and why one does or does not.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/files/files_run.h"

namespace weir::cli {

/// Counts what matches and prints it with the time each engine takes: all of them for
/// Engine::best. Throws FilterError, and Error where the engines differ.
[[nodiscard]] ExitCode count_matches(const FilesRunOptions& options,
                                     const std::vector<InputFile>& files, FileSandbox& sandbox);

/// Prints which term of the filter decided about packet `number` (from 1) of the file. Throws
/// FilterError, and Error where the file has no such packet.
[[nodiscard]] ExitCode explain_packet(const FilesRunOptions& options, const InputFile& file,
                                      std::uint64_t number, FileSandbox& sandbox);

}  // namespace weir::cli
