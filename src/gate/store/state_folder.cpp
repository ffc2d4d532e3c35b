// openat and its kin without following links, looks at owners and modes, fsync.
#include "gate/store/state_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
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

/// Where it is, links followed.
std::string path_of(const FileDescriptor& file) {
  std::array<char, PATH_MAX> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file.number());
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  return length <= 0 ? "a folder above"
                     : std::string{path.data(), static_cast<std::size_t>(length)};
}

/// What is in a folder that is checked stays there: nobody but root can put something else in its
/// place. Of a sticky one (/tmp) others take away only what is theirs.
void check_replacement(const FileDescriptor& folder, const struct stat& status,
                       const std::string& path) {
  const bool is_open_to_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool is_sticky = (status.st_mode & S_ISVTX) != 0;
  if (status.st_uid == 0 && (!is_open_to_others || is_sticky)) return;
  throw SystemError{
      ErrorCode::permission_denied, EPERM,
      path + ": refused, as others than root may replace what is in " + path_of(folder)};
}

/// From the folder that `path` is in up to the root, which is the one above itself.
void check_folders_above(const FileDescriptor& above, const std::string& path) {
  struct stat before{};
  for (FileDescriptor at{::openat(above.number(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC)};;
       at = FileDescriptor{::openat(at.number(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC)}) {
    struct stat status{};
    if (!at.is_open() || ::fstat(at.number(), &status) != 0) fail(errno, "open " + path);
    if (status.st_dev == before.st_dev && status.st_ino == before.st_ino) return;
    check_replacement(at, status, path);
    before = status;
  }
}

/// Of a path: the folder it is in, and its name there.
struct Place {
  std::string above;
  std::string name;
};

Place place_of(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  const std::string name = path.substr(slash + 1);
  return {path.substr(0, slash + 1), name.empty() ? "." : name};
}

/// The folder that `path` is in, which nobody can replace. Not open if there is none.
FileDescriptor open_above(const Place& place, const std::string& path) {
  FileDescriptor above{::open(place.above.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (above.is_open()) {
    check_folders_above(above, path);
  } else if (errno == ENOTDIR || errno == ELOOP) {
    refuse(path);
  } else if (errno != ENOENT) {
    fail(errno, "open " + path);
  }
  return above;
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
  const Place place = place_of(path);
  const FileDescriptor above = open_above(place, path);
  if (!above.is_open()) return std::nullopt;
  return open_in(above.number(), place.name.c_str(), path);
}

StateFolder StateFolder::make(const std::string& path) {
  sys::check_path(path);
  const Place place = place_of(path);
  const FileDescriptor above = open_above(place, path);
  if (!above.is_open()) fail(ENOENT, "create " + path);
  StateFolder folder = make_in(above.number(), place.name.c_str(), path);
  const FileDescriptor names{::openat(above.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!names.is_open()) fail(errno, "open " + place.above);
  bring_to_disk(names, place.above);
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
