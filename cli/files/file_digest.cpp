// Reads a file once more, for its digest.
#include "cli/files/file_digest.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "cli/exit_code.h"
#include "cli/stop_signal.h"
#include "weir/error.h"
#ifdef WEIR_WITH_SQLITE
#include "weir/stores/sha256.h"
#endif

namespace weir::cli {
#ifdef WEIR_WITH_SQLITE
namespace {

/// Negative where it cannot be opened.
int opened(const std::string& path, const savefile::ReaderOptions& options) {
  try {
    const int descriptor = options.open ? options.open(path) : -1;
    return descriptor >= 0 ? descriptor : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  } catch (const Error&) {
    return -1;
  }
}

}  // namespace

std::string digest_of(const InputFile& file, const savefile::ReaderOptions& options) {
  if (!can_be_read_twice(file)) return {};
  const int descriptor = opened(file.path, options);
  if (descriptor < 0) return {};
  stores::Sha256 digest;
  std::vector<std::uint8_t> block(std::size_t{1} << 18);
  ssize_t size = 1;
  while (size > 0 && !stop_requested()) {
    do {
      size = ::read(descriptor, block.data(), block.size());
    } while (size < 0 && errno == EINTR);
    if (size > 0) digest.update({block.data(), static_cast<std::size_t>(size)});
  }
  ::close(descriptor);
  return size == 0 ? digest.hex_digest() : std::string{};
}

std::string digest_of_all(const std::vector<InputFile>& files,
                          const savefile::ReaderOptions& options) {
  stores::Sha256 all;
  for (const InputFile& file : files) {
    const std::string digest = digest_of(file, options);
    if (digest.empty()) return {};
    all.update({reinterpret_cast<const std::uint8_t*>(digest.data()), digest.size()});
  }
  return all.hex_digest();
}
#else
std::string digest_of(const InputFile&, const savefile::ReaderOptions&) {
  throw UsageError{"--sha256: this weir was built without nettle and SQLite (weir::stores)"};
}

std::string digest_of_all(const std::vector<InputFile>& files,
                          const savefile::ReaderOptions& options) {
  return digest_of(files.front(), options);
}
#endif

}  // namespace weir::cli
