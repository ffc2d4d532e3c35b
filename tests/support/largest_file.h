// A disk that is full at a chosen byte.
#pragma once

#include <sys/resource.h>

#include <csignal>
#include <cstddef>

namespace weir::test {

/// While it lives, files of this process may not grow beyond so many bytes: the write that would
/// lead there is short, the next one fails with EFBIG.
class LargestFile {
 public:
  explicit LargestFile(std::size_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  LargestFile(const LargestFile&) = delete;
  LargestFile& operator=(const LargestFile&) = delete;
  ~LargestFile() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace weir::test
