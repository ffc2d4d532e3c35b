// Descriptors 0, 1 and 2, which a caller may have closed.
#pragma once

namespace weir::cli {

/// Call before anything is opened: else a socket or a file takes the number of one that is closed,
/// and what is meant for standard output goes into it. Reading and writing fail as before (EBADF).
/// Throws SystemError.
void hold_standard_descriptors();

}  // namespace weir::cli
