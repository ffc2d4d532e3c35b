// Adapters that went away while packets of them were taken.
#pragma once

#include <string>

#include "weir/error.h"

namespace weir::compat {

/// That the adapter is down (ENETDOWN), or not there any more (ENODEV). `action` is what was done.
[[nodiscard]] SystemError gone(const std::string& action, const std::string& adapter);

}  // namespace weir::compat
