// A file written in one step: whatever happens, the old one or the new one is there, and whole.
#pragma once

#include <string>

#include "weir/bytes.h"

namespace weir::sys {

/// With permissions `mode`; a link stays, and what it leads to is replaced. A device or a FIFO is
/// written into, as it is. On the disk when it returns. What ends the process may leave a file
/// behind whose name is that of `path` with a dot and six characters more. Throws Error
/// (invalid_argument) as check_path(), SystemError naming the path; what was there stays then.
void replace_file(const std::string& path, Bytes content, unsigned mode);

}  // namespace weir::sys
