// Files that an installation names: the one it was made from, and programs.
#pragma once

#include <string>

namespace weir::gate {

/// The path from any folder.
[[nodiscard]] std::string absolute_path(const std::string& path);
/// Throws SystemError if there is no such file.
void require_file(const std::string& path);
/// `path` has to be there and to be `origin`, by name or as a file: SystemError, or Error
/// (invalid_argument).
void require_origin(const std::string& path, const std::string& origin);
/// As the kernel names a program that runs: without links. The same where there is none.
[[nodiscard]] std::string program_path(const std::string& path);

}  // namespace weir::gate
