// What a way to decompress is to DecompressedSource: a library behind one function.
#pragma once

#include <cstdint>
#include <memory>

#include "weir/bytes.h"

namespace weir::savefile {

/// Unpacks frames (gzip members, zstd or lz4 frames, xz streams) one behind the other.
class Decompressor {
 public:
  enum class Status : std::uint8_t {
    more,       ///< inside a frame, or before the first
    frame_end,  ///< the frame is whole; the next byte starts another, or is none of a frame
    damaged,    ///< this object is of no more use
    beyond,     ///< the same, for want of something: the stream may be whole
  };
  struct Unpacked {
    std::size_t written = 0;
    Status status = Status::more;
    /// Of damage, or what is wanted and how else to decompress it; may be null, lives as long as
    /// this object.
    const char* cause = nullptr;
  };

  Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  virtual ~Decompressor();

  /// Unpacks from the front of `pending`, which it moves on, into `to`, which is not empty. Where
  /// the last call filled its `to` there may be more inside: `pending` may then be empty, and may
  /// be left alone. Throws std::bad_alloc.
  virtual Unpacked run(Bytes& pending, MutableBytes to) = 0;
};

[[nodiscard]] std::unique_ptr<Decompressor> make_gzip_decompressor();
[[nodiscard]] std::unique_ptr<Decompressor> make_zstd_decompressor();
[[nodiscard]] std::unique_ptr<Decompressor> make_lz4_decompressor();
[[nodiscard]] std::unique_ptr<Decompressor> make_xz_decompressor();

}  // namespace weir::savefile
