// Tells that an adapter went down or was removed while packets of it were taken.
#pragma once

#include <string>

#include "cli/exit_code.h"

namespace weir::cli {

/// As an error that ends nothing: others may go on.
void tell_gone(const std::string& adapter, ErrorStyle errors);
void tell_down(const std::string& adapter, ErrorStyle errors);

}  // namespace weir::cli
