// --policy: one word for all causes, or one cause by its name.
#pragma once

#include <string>
#include <vector>

#include "weir/gate/policy.h"

namespace weir::cli {

/// "open" and "closed" are for all but too-long; "deadline=closed" is for one of them. The later
/// one counts. Throws UsageError.
[[nodiscard]] gate::Policies parse_policies(const std::vector<std::string>& words);

}  // namespace weir::cli
