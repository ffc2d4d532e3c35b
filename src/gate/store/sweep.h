// Removes what no manifest refers to.
#pragma once

#include "gate/store/state_folder.h"

namespace weir::gate {

/// What processes left half done, settings and drivers that are not in force, folders of products
/// without a manifest. Best effort. Nobody else may change the folder meanwhile.
void sweep(const StateFolder& folder) noexcept;

}  // namespace weir::gate
