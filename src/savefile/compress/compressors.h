// The ways to compress there are, and what they share.
#pragma once

#include <memory>

#include "savefile/compress/compressor.h"
#include "weir/bytes.h"

namespace weir::savefile {

/// Memory a frame is made in: a vector that grows would be filled with zeros each time.
class FrameBuffer {
 public:
  /// At least `size` bytes, of any content; what was there before may be gone.
  MutableBytes room_for(std::size_t size) {
    if (size > capacity_) {
      bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(size);
      capacity_ = size;
    }
    return {bytes_.get(), capacity_};
  }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t capacity_ = 0;
};

// Precondition of each: a level the library knows.
[[nodiscard]] std::unique_ptr<Compressor> make_gzip_compressor(int level);
[[nodiscard]] std::unique_ptr<Compressor> make_zstd_compressor(int level);
[[nodiscard]] std::unique_ptr<Compressor> make_lz4_compressor(int level);
[[nodiscard]] std::unique_ptr<Compressor> make_xz_compressor(int level);

}  // namespace weir::savefile
