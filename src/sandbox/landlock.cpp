// The three system calls of Landlock, which the C library does not have.
#include "sandbox/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "weir/error.h"

namespace weir::sandbox {
namespace {

// Of kernels newer than the headers may be: each version adds to what can be refused.
constexpr std::uint64_t truncate_file = 1U << 14U;
constexpr std::uint64_t device_ioctl = 1U << 15U;
constexpr std::uint64_t bind_and_connect_tcp = 0b11;
constexpr std::uint64_t abstract_sockets_and_signals = 0b11;

/// struct landlock_ruleset_attr as of version 6; older kernels take it as long as what they do not
/// know is 0.
struct Refused {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scope = 0;
};

constexpr std::uint64_t file_rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;

Refused all_rights(int version) noexcept {
  Refused refused{.files = file_rights};
  if (version >= 2) refused.files |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) refused.files |= truncate_file;
  if (version >= 4) refused.network = bind_and_connect_tcp;
  if (version >= 5) refused.files |= device_ioctl;
  if (version >= 6) refused.scope = abstract_sockets_and_signals;
  return refused;
}

constexpr std::uint64_t to_read = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t to_write_file =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | truncate_file;
constexpr std::uint64_t to_write_directory =
    to_read | to_write_file | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE;

}  // namespace

int landlock_version() noexcept {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return static_cast<int>(std::max(version, 0L));
}

Landlock::Landlock(const ReachablePaths& paths) {
  const Refused refused = all_rights(landlock_version());
  rules_ = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &refused, sizeof refused, 0));
  if (rules_ < 0) throw SystemError{errno, "make rules of Landlock"};
  try {
    for (const std::string& path : paths.readable) {
      if (::access(path.c_str(), F_OK) == 0) allow(path, to_read & refused.files);
    }
    for (const std::string& path : paths.writable_files) {
      allow(path, to_write_file & refused.files);
    }
    for (const std::string& path : paths.writable_directories) {
      allow(path, to_write_directory & refused.files);
    }
  } catch (...) {
    ::close(rules_);
    throw;
  }
}

Landlock::~Landlock() { ::close(rules_); }

void Landlock::allow(const std::string& path, unsigned long long rights) const {
  const int place = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (place < 0) throw SystemError{errno, "open " + path};
  struct stat status{};
  const bool is_directory = ::fstat(place, &status) == 0 && S_ISDIR(status.st_mode);
  // A rule for a file must not speak of what only directories have.
  if (!is_directory) rights &= to_write_file;
  const landlock_path_beneath_attr rule{.allowed_access = rights, .parent_fd = place};
  const long done = ::syscall(SYS_landlock_add_rule, rules_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  const int problem = errno;
  ::close(place);
  if (done != 0) throw SystemError{problem, "keep " + path + " within reach"};
}

void Landlock::enforce() const {
  if (::syscall(SYS_landlock_restrict_self, rules_, 0) != 0) {
    throw SystemError{errno, "enforce Landlock"};
  }
}

}  // namespace weir::sandbox
