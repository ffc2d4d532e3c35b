// open, write, ftruncate and fdatasync behind files that are written.
#include "sys/output_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "weir/error.h"

namespace weir::sys {
namespace {

constexpr mode_t private_mode = 0600;

[[noreturn]] void fail(const std::string& path) {
  const int problem = errno;
  if (is_disk_full(problem)) {
    throw SystemError{ErrorCode::output_failed, problem, "create " + path};
  }
  throw SystemError{problem, "create " + path};
}

/// Makes the file; not open if there is one already.
FileDescriptor make(const std::string& path, const std::optional<Owner>& owner) {
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC;
  const int number = ::open(path.c_str(), flags, private_mode);
  if (number < 0) {
    if (errno == EEXIST) return {};
    fail(path);
  }
  FileDescriptor file{number};
  if (owner && ::fchown(number, owner->user, owner->group) != 0) {
    const int problem = errno;
    ::unlink(path.c_str());
    throw SystemError{problem, "hand over " + path};
  }
  return file;
}

/// The same file, for reading too where that is allowed: what somebody else left of it can be told.
FileDescriptor made_readable(FileDescriptor file) {
  if (!is_regular_file(file)) return file;
  const std::string self = "/proc/self/fd/" + std::to_string(file.number());
  FileDescriptor readable{::open(self.c_str(), O_RDWR | O_APPEND | O_CLOEXEC)};
  return readable.is_open() ? std::move(readable) : std::move(file);
}

}  // namespace

FileDescriptor open_for_writing(const std::string& path, const std::optional<Owner>& owner,
                                Existing existing) {
  check_path(path);
  FileDescriptor file = make(path, owner);
  if (file.is_open()) return file;
  if (existing == Existing::refused) throw SystemError{EEXIST, "create " + path};
  // With O_CREAT the kernel would refuse a FIFO or file of somebody else in /tmp (protected_fifos).
  file = FileDescriptor{::open(path.c_str(), O_WRONLY | O_APPEND | O_TRUNC | O_CLOEXEC)};
  if (!file.is_open()) throw SystemError{errno, "open " + path};
  return made_readable(std::move(file));
}

bool is_disk_full(int error) noexcept { return error == ENOSPC || error == EDQUOT; }

Written write_all(const FileDescriptor& to, Bytes bytes,
                  const std::function<bool()>& gives_up) noexcept {
  Written done;
  while (done.size < bytes.size()) {
    const ssize_t written =
        ::write(to.number(), bytes.data() + done.size, bytes.size() - done.size);
    if (written >= 0) {
      done.size += static_cast<std::size_t>(written);
      continue;
    }
    bool is_interrupted = errno == EINTR;
    if (errno == EAGAIN) {
      // Whoever shares the descriptor may have made it non-blocking.
      pollfd output{.fd = to.number(), .events = POLLOUT, .revents = 0};
      is_interrupted = ::poll(&output, 1, -1) < 0;
    } else if (!is_interrupted) {
      done.error = errno;
      return done;
    }
    if (is_interrupted && gives_up && gives_up()) {
      done.error = EAGAIN;
      return done;
    }
  }
  return done;
}

std::uint64_t write_position(const FileDescriptor& file) noexcept {
  if (!is_regular_file(file)) return 0;
  const int flags = ::fcntl(file.number(), F_GETFL);
  const bool appends = flags >= 0 && (flags & O_APPEND) != 0;
  const off_t position = ::lseek(file.number(), 0, appends ? SEEK_END : SEEK_CUR);
  return position < 0 ? 0 : static_cast<std::uint64_t>(position);
}

void cut(const FileDescriptor& file, std::uint64_t size) noexcept {
  if (!is_regular_file(file)) return;
  const auto end = static_cast<off_t>(size);
  while (::ftruncate(file.number(), end) != 0 && errno == EINTR) {
  }
  ::lseek(file.number(), end, SEEK_SET);
}

int synchronise(const FileDescriptor& file) noexcept {
  if (!is_regular_file(file)) return 0;
  int problem = 0;
  do {
    problem = ::fdatasync(file.number()) == 0 ? 0 : errno;
  } while (problem == EINTR);
  return problem;
}

FileDescriptor open_directory_of(const std::string& path) {
  const std::size_t name = path.rfind('/') + 1;  // 0 without a directory
  const std::string directory = name == 0 ? "." : path.substr(0, name);
  FileDescriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.is_open() && errno != EACCES) throw SystemError{errno, "open " + directory};
  return opened;
}

int synchronise_names(const FileDescriptor& directory) noexcept {
  int problem = 0;
  do {
    problem = ::fsync(directory.number()) == 0 ? 0 : errno;
  } while (problem == EINTR);
  return problem == EINVAL || problem == EOPNOTSUPP ? 0 : problem;
}

int close_checked(FileDescriptor& file) noexcept {
  if (!file.is_open()) return 0;
  const int copy = file.release();
  if (copy < 0) return 0;
  // On Linux the descriptor is gone whatever close says, EINTR included.
  return ::close(copy) == 0 || errno == EINTR ? 0 : errno;
}

}  // namespace weir::sys
