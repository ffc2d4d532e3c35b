// What was wrong with some of many files, told once the others have been read.
#pragma once

#include "weir/savefile/walk.h"

namespace weir::python {

/// Sets the exception for the first file that could not be read, or not to its end; the others are
/// its notes. None is set where all is well. Directories without a capture count once the walk
/// `is_complete`.
void raise_troubles(const savefile::Walk& walk, bool is_complete) noexcept;

}  // namespace weir::python
