// Preloaded into a program: reads of one file fail as those of a broken disk do. The file is named
// by FAILING_FILE, FAILING_OFFSET says how many of its bytes come before the first fault.
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace {

bool is_failing_file(int descriptor) noexcept {
  const char* const name = std::getenv("FAILING_FILE");
  struct stat wanted{};
  struct stat is{};
  return name != nullptr && ::stat(name, &wanted) == 0 && ::fstat(descriptor, &is) == 0 &&
         wanted.st_dev == is.st_dev && wanted.st_ino == is.st_ino;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) ssize_t read(int descriptor, void* to,
                                                               std::size_t size) {
  using Read = ssize_t (*)(int, void*, std::size_t);
  static const auto next = reinterpret_cast<Read>(::dlsym(RTLD_NEXT, "read"));
  if (is_failing_file(descriptor)) {
    const char* const offset = std::getenv("FAILING_OFFSET");
    const auto end = offset != nullptr ? std::strtoul(offset, nullptr, 10) : 0;
    const auto at = static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_CUR));
    if (at >= end) {
      errno = EIO;
      return -1;
    }
    size = std::min(size, end - at);
  }
  return next(descriptor, to, size);
}
