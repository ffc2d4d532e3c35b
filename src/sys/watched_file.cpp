// fstat and fstatat behind files that are watched.
#include "sys/watched_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

namespace weir::sys {
namespace {

using Status = struct stat;

std::optional<Status> status_of(const FileDescriptor& file) noexcept {
  Status status{};
  if (::fstat(file.number(), &status) != 0) return std::nullopt;
  return status;
}

bool is_same(const Status& a, const Status& b) noexcept {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool stands_for_descriptor(const std::string& path) noexcept {
  return path.empty() || path.starts_with("/dev/std") || path.starts_with("/dev/fd/") ||
         path.starts_with("/proc/");
}

/// `path`, if it is that file, for reading.
FileDescriptor open_same(const std::string& path, const Status& file) noexcept {
  FileDescriptor opened{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  const auto status = status_of(opened);
  if (!status || !is_same(*status, file)) opened.close();
  return opened;
}

}  // namespace

WatchedFile::WatchedFile(const FileDescriptor& file, const std::string& path) {
  const auto status = status_of(file);
  is_regular_ = status && S_ISREG(status->st_mode);
  if (!is_regular_ || stands_for_descriptor(path)) return;
  const std::size_t name = path.rfind('/') + 1;  // 0 without a directory
  const std::string directory = name == 0 ? "." : path.substr(0, name);
  name_ = path.substr(name);
  // Whatever becomes of the working directory.
  directory_ = FileDescriptor{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (look_at_name(file) != Change::none) directory_.close();
  const int flags = ::fcntl(file.number(), F_GETFL);
  const bool is_readable = flags >= 0 && (flags & O_ACCMODE) == O_RDWR;
  content_ = is_readable ? FileDescriptor::borrow(file.number()) : open_same(path, *status);
}

const FileDescriptor& WatchedFile::content() const noexcept {
  if (content_.is_open()) ::lseek(content_.number(), 0, SEEK_SET);
  return content_;
}

Change WatchedFile::look_at_size(const FileDescriptor& file, std::uint64_t size) const noexcept {
  if (!is_regular_) return Change::none;
  const auto status = status_of(file);
  if (!status) return Change::none;
  const auto has = static_cast<std::uint64_t>(status->st_size);
  if (has < size) return Change::cut;
  return has > size && directory_.is_open() ? Change::grown : Change::none;
}

Change WatchedFile::look_at_name(const FileDescriptor& file) const noexcept {
  if (!directory_.is_open()) return Change::none;
  const auto status = status_of(file);
  if (!status) return Change::none;
  if (status->st_nlink == 0) return Change::removed;
  Status named{};
  if (::fstatat(directory_.number(), name_.c_str(), &named, 0) != 0) {
    return errno == ENOENT ? Change::replaced : Change::none;
  }
  return is_same(*status, named) ? Change::none : Change::replaced;
}

std::uint64_t size_of(const FileDescriptor& file) noexcept {
  const auto status = status_of(file);
  return status ? static_cast<std::uint64_t>(status->st_size) : 0;
}

}  // namespace weir::sys
