// fcntl(2) locks; for those who may not open the file, /proc/locks.
#include "gate/store/file_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iomanip>
#include <optional>
#include <sstream>
#include <utility>

#include "weir/error.h"

namespace weir::gate {
namespace {

/// Of the whole file.
struct flock lock_of(short kind) noexcept {
  struct flock lock{};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string device_text(unsigned major_number, unsigned minor_number) {
  std::ostringstream text;
  text << std::hex << std::setfill('0') << std::setw(2) << major_number << ':' << std::setw(2)
       << minor_number;
  return text.str();
}

/// The device of a mount's file system as the kernel itself knows it: stat tells another one for
/// files of some (btrfs).
std::optional<std::string> device_of_mount(std::uint64_t mount) {
  std::ifstream mounts{"/proc/self/mountinfo"};
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words{line};
    std::uint64_t number = 0;
    std::uint64_t parent = 0;
    unsigned major_number = 0;
    unsigned minor_number = 0;
    char colon = 0;
    words >> number >> parent >> major_number >> colon >> minor_number;
    if (words && number == mount) return device_text(major_number, minor_number);
  }
  return std::nullopt;
}

/// Whether /proc/locks has a lock on "08:01:131"; those that are waited for do not count.
bool is_listed(const std::string& file) {
  std::ifstream locks{"/proc/locks"};
  if (!locks) throw SystemError{errno, "open /proc/locks"};
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words{line};
    // Ordinal, kind, mode, access, process, file.
    std::array<std::string, 6> fields;
    for (std::string& field : fields) words >> field;
    if (fields[1] == "OFDLCK" && fields[5] == file) return true;
  }
  return false;
}

bool is_listed(const StateFolder& folder, const std::string& name) {
  struct statx status{};
  if (::statx(folder.number(), name.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_MNT_ID,
              &status) != 0) {
    if (errno == ENOENT) return false;
    throw SystemError{errno, "look at " + folder.path(name)};
  }
  std::optional<std::string> device;
  if ((status.stx_mask & STATX_MNT_ID) != 0) device = device_of_mount(status.stx_mnt_id);
  if (!device) device = device_text(status.stx_dev_major, status.stx_dev_minor);
  return is_listed(*device + ':' + std::to_string(status.stx_ino));
}

}  // namespace

FileLock::FileLock(sys::FileDescriptor file, Wait wait, const std::string& path)
    : file_{std::move(file)}, owner_{::getpid()} {
  struct flock lock = lock_of(F_WRLCK);
  const int command = wait == Wait::yes ? F_OFD_SETLKW : F_OFD_SETLK;
  int problem = 0;
  do {
    problem = ::fcntl(file_.number(), command, &lock) == 0 ? 0 : errno;
  } while (problem == EINTR);
  if (problem == EAGAIN || problem == EACCES) problem = EBUSY;
  if (problem != 0) throw SystemError{problem, "lock " + path};
}

FileLock::~FileLock() {
  if (::getpid() != owner_) return;
  struct flock lock = lock_of(F_UNLCK);
  ::fcntl(file_.number(), F_OFD_SETLK, &lock);
}

bool is_locked(const StateFolder& folder, const std::string& name) {
  sys::FileDescriptor file;
  try {
    file = folder.open_lock(name, false);
    if (!file.is_open()) return false;
  } catch (const SystemError& error) {
    if (error.system_code().value() != EACCES) throw;
    return is_listed(folder, name);
  }
  struct flock lock = lock_of(F_WRLCK);
  if (::fcntl(file.number(), F_OFD_GETLK, &lock) != 0) {
    throw SystemError{errno, "look at " + folder.path(name)};
  }
  return lock.l_type != F_UNLCK;
}

}  // namespace weir::gate
