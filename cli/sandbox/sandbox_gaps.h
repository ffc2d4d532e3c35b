// What of the sandbox does not hold on this kernel.
#pragma once

#include <vector>

#include "cli/exit_code.h"
#include "weir/sandbox/sandbox.h"

namespace weir::cli {

/// One note about all of it; none where everything holds.
void tell_gaps(const std::vector<sandbox::Confinement>& entered, ErrorStyle errors);

}  // namespace weir::cli
