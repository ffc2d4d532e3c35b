// Files whose names are new, and memory, which can be full as well.
#include "savefile/byte_output.h"

#include <cerrno>
#include <new>

namespace weir::savefile {

ByteOutput::~ByteOutput() = default;

int FileOutput::synchronise() noexcept {
  if (const int problem = sys::synchronise(file_)) return problem;
  if (!directory_.is_open()) return 0;
  const int problem = sys::synchronise_names(directory_);
  if (problem == 0) directory_ = {};
  return problem;
}

sys::Written MemoryOutput::write(Bytes bytes) noexcept {
  try {
    bytes_->insert(bytes_->end(), bytes.begin(), bytes.end());
  } catch (const std::bad_alloc&) {
    return {0, ENOMEM};
  }
  return {bytes.size(), 0};
}

}  // namespace weir::savefile
