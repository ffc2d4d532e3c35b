// What an errno of the kernel's means for a frame that was offered to it.
#pragma once

#include "weir/inject/sent.h"

namespace weir::inject {

/// none for 0.
[[nodiscard]] Refusal refusal_of(int error) noexcept;

/// Frames that come after have the same before them, unless it is this one's fault.
[[nodiscard]] bool concerns_one_frame(Refusal refusal) noexcept;

}  // namespace weir::inject
