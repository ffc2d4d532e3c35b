// open, read, poll and close behind FileDescriptor.
#include "sys/file_descriptor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "weir/error.h"

namespace weir::sys {

void FileDescriptor::close() noexcept {
  if (number_ >= 0 && owned_) ::close(number_);
  number_ = -1;
}

void check_path(const std::string& path) {
  const std::size_t end = path.find('\0');
  if (end == std::string::npos) return;
  throw Error{ErrorCode::invalid_argument,
              path.substr(0, end) + "\\0: a path holds no NUL character"};
}

FileDescriptor open_for_reading(const std::string& path) {
  check_path(path);
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) throw SystemError{errno, "open " + path};
  FileDescriptor descriptor{number};
  struct stat status{};
  if (::fstat(number, &status) != 0) throw SystemError{errno, "open " + path};
  if (S_ISDIR(status.st_mode)) throw SystemError{EISDIR, "open " + path};
  return descriptor;
}

std::size_t read_some(const FileDescriptor& from, MutableBytes to, const std::string& name) {
  ssize_t got = 0;
  do {
    got = ::read(from.number(), to.data(), to.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw SystemError{errno, "read " + name};
  return static_cast<std::size_t>(got);
}

bool is_regular_file(const FileDescriptor& descriptor) noexcept {
  struct stat status{};
  return ::fstat(descriptor.number(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace weir::sys
