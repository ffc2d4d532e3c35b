// openat2(2), which follows nothing, and statx(2), which knows when a file was made.
#include "cli/output/made_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <tuple>

#include "weir/error.h"
#include "weir/savefile/format.h"

namespace weir::cli {
namespace {

/// The directory before the first conversion, with the slash.
std::string folder_of(const std::string& path) {
  const std::size_t fixed = std::min(path.find('%'), path.size());
  return path.substr(0, path.rfind('/', fixed) + 1);  // 0 without a slash
}

/// What every name ends in: behind the number or the last conversion.
std::string ending_of(const std::string& path) {
  const std::size_t name = std::max(path.rfind('/') + 1, path.rfind('%') + 1);
  std::size_t dot = path.rfind('.');
  if (dot == std::string::npos || dot < name) return {};
  const auto type = savefile::file_type(std::string_view{path}.substr(dot));
  if (type.compression != savefile::Compression::none && dot > name) {
    const std::size_t inner = path.rfind('.', dot - 1);
    if (inner != std::string::npos && inner >= name) dot = inner;
  }
  return path.substr(dot);
}

}  // namespace

MadeFiles::MadeFiles(const std::string& path)
    : folder_{folder_of(path)},
      ending_{ending_of(path)},
      directory_{
          ::open(folder_.empty() ? "." : folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)} {
  if (directory_ < 0) throw SystemError{errno, "read the directory of " + path};
  const std::string name = path.substr(folder_.size());
  stem_ = name.substr(0, std::min(name.find('%'), name.size() - ending_.size()));
  // The clock that stamps files.
  ::clock_gettime(CLOCK_REALTIME_COARSE, &began_);
  look_at_files();
}

MadeFiles::~MadeFiles() { ::close(directory_); }

void MadeFiles::look_at_files() {
  DIR* const entries = ::fdopendir(::openat(directory_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (entries == nullptr) return;
  while (const dirent* entry = ::readdir(entries)) earlier_.insert(entry->d_ino);
  ::closedir(entries);
}

std::optional<std::string> MadeFiles::path_of(std::string_view name) const {
  if (!name.starts_with(folder_)) return std::nullopt;
  const std::string rest{name.substr(folder_.size())};
  if (!is_of_series(rest) || !was_made(rest)) return std::nullopt;
  const std::string path = folder_ + rest;
  return path.starts_with('-') ? "./" + path : path;
}

bool MadeFiles::is_of_series(std::string_view rest) const {
  const bool stays_below = ("/" + std::string{rest} + "/").find("/../") == std::string::npos;
  return stays_below && rest.size() >= stem_.size() + ending_.size() && rest.starts_with(stem_) &&
         rest.ends_with(ending_) && !rest.ends_with(".part") && !rest.starts_with('/') &&
         rest.find('\0') == std::string_view::npos;
}

bool MadeFiles::was_made(const std::string& rest) const noexcept {
  open_how how{};
  how.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const auto file =
      static_cast<int>(::syscall(SYS_openat2, directory_, rest.c_str(), &how, sizeof how));
  if (file < 0) return errno == ENOENT;
  struct statx status{};
  const int failed = ::statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &status);
  ::close(file);
  if (failed != 0 || !S_ISREG(status.stx_mode)) return false;
  const auto& birth = status.stx_btime;
  const bool is_later = std::tuple{birth.tv_sec, std::int64_t{birth.tv_nsec}} >=
                        std::tuple{std::int64_t{began_.tv_sec}, std::int64_t{began_.tv_nsec}};
  if ((status.stx_mask & STATX_BTIME) != 0 && is_later) return true;
  // What was not there before is new, where the clock was set back or file times are coarse.
  return rest.find('/') == std::string::npos && !earlier_.contains(status.stx_ino);
}

}  // namespace weir::cli
