// Preloaded into a program: writes to one file are cut short, as on a nearly full disk or by a
// signal, and what is left is really written. SHORT_FILE names the file; SHORT_AT says which of its
// writes is cut, from 1; 0 is every one.
#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <vector>

namespace {

template <class Function>
Function next(const char* name) noexcept {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

bool is_short_file(int descriptor) noexcept {
  const char* const name = std::getenv("SHORT_FILE");
  struct stat wanted{};
  struct stat is{};
  return name != nullptr && ::stat(name, &wanted) == 0 && ::fstat(descriptor, &is) == 0 &&
         wanted.st_dev == is.st_dev && wanted.st_ino == is.st_ino;
}

// How much of a write of that size goes through: an odd part.
std::size_t allowed(int descriptor, std::size_t size) noexcept {
  static std::atomic<unsigned long> calls{0};
  if (size < 2 || !is_short_file(descriptor)) return size;
  const char* const at = std::getenv("SHORT_AT");
  const unsigned long chosen = at != nullptr ? std::strtoul(at, nullptr, 10) : 0;
  if (++calls != chosen && chosen != 0) return size;
  const std::size_t part = size / 2 | 1;
  return part < size ? part : 1;
}

std::vector<iovec> shortened(int descriptor, const iovec* pieces, int count) {
  std::vector<iovec> kept{pieces, pieces + count};
  std::size_t size = 0;
  for (const iovec& piece : kept) size += piece.iov_len;
  std::size_t left = allowed(descriptor, size);
  for (iovec& piece : kept) {
    if (piece.iov_len > left) piece.iov_len = left;
    left -= piece.iov_len;
  }
  return kept;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) ssize_t write(int descriptor, const void* from,
                                                                std::size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, std::size_t)>("write");
  return real(descriptor, from, allowed(descriptor, size));
}

extern "C" __attribute__((visibility("default"))) ssize_t writev(int descriptor,
                                                                 const iovec* pieces, int count) {
  static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
  const std::vector<iovec> kept = shortened(descriptor, pieces, count);
  return real(descriptor, kept.data(), count);
}
