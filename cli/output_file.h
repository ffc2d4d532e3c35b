// Files the command writes belong to whoever called it, and to nobody else.
#pragma once

#include <string>

namespace weir::cli {

/// Makes an empty file of mode 0600, owned by the calling user under sudo. One that exists stays as
/// it is. Throws SystemError.
void create_private_file(const std::string& path);

}  // namespace weir::cli
