// What an errno of the kernel's means for a frame that was offered to it.
#pragma once

#include "weir/inject/sent.h"

namespace weir::inject {

/// none for 0.
[[nodiscard]] Refusal refusal_of(int error) noexcept;

}  // namespace weir::inject
