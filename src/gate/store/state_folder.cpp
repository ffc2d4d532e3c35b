// openat and its kin without following links, looks at owners and modes, fsync.
#include "gate/store/state_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "sys/output_file.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

using sys::FileDescriptor;

[[noreturn]] void fail(int problem, const std::string& action) {
  if (sys::is_disk_full(problem)) throw SystemError{ErrorCode::output_failed, problem, action};
  throw SystemError{problem, action};
}

[[noreturn]] void refuse(const std::string& path) {
  throw SystemError{ErrorCode::permission_denied, EPERM,
                    path + ": refused, as it is not root's alone, or a link"};
}

/// Not open if there is none.
FileDescriptor open_in(int parent, const std::string& name, int flags, const std::string& path) {
  // O_NONBLOCK: a FIFO in its place holds nobody.
  constexpr int always = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  FileDescriptor file{::openat(parent, name.c_str(), flags | always, private_mode)};
  if (file.is_open() || errno == ENOENT) return file;
  if (errno == ELOOP || errno == ENOTDIR || errno == EISDIR || errno == ENXIO) refuse(path);
  fail(errno, "open " + path);
}

void check_owner(const FileDescriptor& file, mode_t kind, const std::string& path) {
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) fail(errno, "open " + path);
  const bool is_of_kind = (status.st_mode & S_IFMT) == kind;
  const bool is_open_to_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!is_of_kind || status.st_uid != 0 || is_open_to_others) refuse(path);
}

/// Whatever the umask was.
void set_mode(const FileDescriptor& file, mode_t mode, const std::string& path) {
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) fail(errno, "open " + path);
  if ((status.st_mode & ALLPERMS) == mode) return;
  if (::fchmod(file.number(), mode) != 0) fail(errno, "open " + path);
}

void bring_to_disk(const FileDescriptor& file, const std::string& path) {
  int problem = 0;
  do {
    problem = ::fsync(file.number()) == 0 ? 0 : errno;
  } while (problem == EINTR);
  // EINVAL: a file system that has no such thing.
  if (problem != 0 && problem != EINVAL) fail(problem, "write " + path);
}

}  // namespace

StateFolder::StateFolder(FileDescriptor folder, std::string path)
    : folder_{std::move(folder)}, path_{std::move(path)} {}

std::optional<StateFolder> StateFolder::open_in(int parent, const char* name,
                                                const std::string& path) {
  FileDescriptor folder = gate::open_in(parent, name, O_RDONLY | O_DIRECTORY, path);
  if (!folder.is_open()) return std::nullopt;
  check_owner(folder, S_IFDIR, path);
  return StateFolder{std::move(folder), path};
}

StateFolder StateFolder::make_in(int parent, const char* name, const std::string& path) {
  if (::mkdirat(parent, name, folder_mode) != 0 && errno != EEXIST) fail(errno, "create " + path);
  std::optional<StateFolder> folder = open_in(parent, name, path);
  if (!folder) fail(ENOENT, "open " + path);
  set_mode(folder->folder_, folder_mode, path);
  return std::move(*folder);
}

std::optional<StateFolder> StateFolder::open(const std::string& path) {
  sys::check_path(path);
  return open_in(AT_FDCWD, path.c_str(), path);
}

StateFolder StateFolder::make(const std::string& path) {
  sys::check_path(path);
  StateFolder folder = make_in(AT_FDCWD, path.c_str(), path);
  const std::string parent = path + "/..";
  const FileDescriptor above{::openat(folder.number(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!above.is_open()) fail(errno, "open " + parent);
  bring_to_disk(above, parent);
  return folder;
}

std::optional<StateFolder> StateFolder::folder(const std::string& name) const {
  return open_in(number(), name.c_str(), path(name));
}

StateFolder StateFolder::make_folder(const std::string& name) const {
  StateFolder folder = make_in(number(), name.c_str(), path(name));
  synchronise();
  return folder;
}

std::vector<std::string> StateFolder::names() const {
  FileDescriptor again{::openat(number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!again.is_open()) fail(errno, "open " + path_);
  const std::unique_ptr<DIR, int (*)(DIR*)> list{::fdopendir(again.number()), ::closedir};
  if (!list) fail(errno, "open " + path_);
  (void)again.release();  // the list's
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* const entry = ::readdir(list.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) fail(errno, "read " + path_);
  std::ranges::sort(names);
  return names;
}

bool StateFolder::has(const std::string& name) const noexcept {
  struct stat status{};
  return ::fstatat(number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::optional<std::string> StateFolder::read(const std::string& name, std::size_t limit) const {
  const FileDescriptor file = gate::open_in(number(), name, O_RDONLY, path(name));
  if (!file.is_open()) return std::nullopt;
  check_owner(file, S_IFREG, path(name));
  constexpr std::size_t piece = 64 << 10;
  std::string bytes;
  std::size_t got = 1;
  while (got != 0 && bytes.size() <= limit) {
    const std::size_t size = bytes.size();
    bytes.resize(size + std::min(piece, limit + 1 - size));
    got = sys::read_some(
        file,
        MutableBytes{reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}.subspan(size),
        path(name));
    bytes.resize(size + got);
  }
  return bytes;
}

void StateFolder::write(const std::string& name, std::string_view bytes, mode_t mode) const {
  FileDescriptor file = gate::open_in(number(), name, O_WRONLY | O_CREAT | O_EXCL, path(name));
  if (!file.is_open()) fail(ENOENT, "create " + path(name));
  set_mode(file, mode, path(name));
  const Bytes all{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  const sys::Written written = sys::write_all(file, all);
  if (written.error != 0) fail(written.error, "write " + path(name));
  bring_to_disk(file, path(name));
  const int problem = sys::close_checked(file);
  if (problem != 0) fail(problem, "write " + path(name));
}

FileDescriptor StateFolder::open_lock(const std::string& name, bool makes) const {
  FileDescriptor file = gate::open_in(number(), name, O_RDWR | (makes ? O_CREAT : 0), path(name));
  if (!file.is_open()) return file;
  check_owner(file, S_IFREG, path(name));
  if (makes) set_mode(file, private_mode, path(name));
  return file;
}

void StateFolder::rename(const std::string& from, const std::string& to) const {
  if (::renameat(number(), from.c_str(), number(), to.c_str()) != 0) {
    fail(errno, "rename " + path(from));
  }
}

void StateFolder::unlink(const std::string& name) const {
  if (::unlinkat(number(), name.c_str(), 0) != 0) fail(errno, "remove " + path(name));
}

void StateFolder::synchronise() const { bring_to_disk(folder_, path_); }

void StateFolder::remove(const std::string& name) const noexcept {
  ::unlinkat(number(), name.c_str(), 0);
}

void StateFolder::remove_folder(const std::string& name) const noexcept {
  ::unlinkat(number(), name.c_str(), AT_REMOVEDIR);
}

}  // namespace weir::gate
