// Paths as they are compared: by name, then by file.
#include "gate/store/origin.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "sys/file_descriptor.h"
#include "weir/error.h"

namespace weir::gate {

std::string absolute_path(const std::string& path) {
  sys::check_path(path);
  if (path.empty()) throw SystemError{ENOENT, "open a file without a name"};
  const std::filesystem::path whole = std::filesystem::absolute(path);
  // Where ".." leads depends on links.
  const bool goes_up = std::ranges::find(whole, std::filesystem::path{".."}) != whole.end();
  return goes_up ? whole : whole.lexically_normal();
}

void require_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) throw SystemError{errno, "open " + path};
}

void require_origin(const std::string& path, const std::string& origin) {
  const std::string absolute = absolute_path(path);
  require_file(absolute);
  std::error_code problem;
  if (absolute == origin || std::filesystem::equivalent(absolute, origin, problem)) return;
  throw Error{ErrorCode::invalid_argument, path + ": installed from " + origin};
}

std::string program_path(const std::string& path) {
  std::error_code problem;
  std::string whole = std::filesystem::canonical(path, problem);
  return problem ? path : whole;
}

}  // namespace weir::gate
