// Writing to memory, which can be full as well.
#include "savefile/byte_output.h"

#include <cerrno>
#include <new>

namespace weir::savefile {

ByteOutput::~ByteOutput() = default;

sys::Written MemoryOutput::write(Bytes bytes) noexcept {
  try {
    bytes_->insert(bytes_->end(), bytes.begin(), bytes.end());
  } catch (const std::bad_alloc&) {
    return {0, ENOMEM};
  }
  return {bytes.size(), 0};
}

}  // namespace weir::savefile
