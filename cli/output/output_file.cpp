// Creates the command's output files.
#include "cli/output/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

#include "weir/error.h"

namespace weir::cli {
namespace {

std::optional<unsigned> number_in_environment(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  const std::string_view text{value};
  unsigned number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Where a symbolic link leads to that leads to nothing yet, and more of them; else the path
/// itself.
std::string where_links_lead(std::string path) {
  std::error_code problem;
  for (int most = 40; most > 0 && std::filesystem::is_symlink(path, problem); --most) {
    const std::filesystem::path target = std::filesystem::read_symlink(path, problem);
    if (problem) break;
    path = (std::filesystem::path{path}.parent_path() / target).string();
  }
  return path;
}

}  // namespace

std::optional<savefile::FileOwner> file_owner() noexcept {
  if (::geteuid() != 0) return std::nullopt;
  const auto user = number_in_environment("SUDO_UID");
  const auto group = number_in_environment("SUDO_GID");
  if (!user || !group) return std::nullopt;
  return savefile::FileOwner{.user = *user, .group = *group};
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

PrivateFile::PrivateFile(const std::string& path) : path_{where_links_lead(path)} {
  const int descriptor = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    if (errno == EEXIST) return;
    throw SystemError{errno, "create " + path};
  }
  int problem = 0;
  struct stat status{};
  if (::fstat(descriptor, &status) == 0) {
    device_ = status.st_dev;
    inode_ = status.st_ino;
  } else {
    problem = errno;
  }
  const auto owner = file_owner();
  if (owner && ::fchown(descriptor, owner->user, owner->group) != 0) problem = errno;
  ::close(descriptor);
  if (problem == 0) return;
  remove_if_empty();
  throw SystemError{problem, "hand over " + path};
}

void PrivateFile::remove_if_empty() const noexcept {
  struct stat status{};
  if (inode_ == 0 || ::lstat(path_.c_str(), &status) != 0) return;
  const bool is_ours = status.st_dev == device_ && status.st_ino == inode_;
  if (is_ours && status.st_size == 0) ::unlink(path_.c_str());
}

PrivateFile::~PrivateFile() { remove_if_empty(); }

}  // namespace weir::cli
