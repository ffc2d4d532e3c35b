// What tells a process from those that it was forked from.
#pragma once

#include "object.h"

namespace weir::python {

/// How many there were between this process and the one that imported the module. Threads, and the
/// locks that they had, are not there in a child: what needs them belongs to its parent.
[[nodiscard]] unsigned forks() noexcept;

/// Once. False with an exception set.
[[nodiscard]] bool count_forks() noexcept;

}  // namespace weir::python
