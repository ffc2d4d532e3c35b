// What a way to compress is to the writer: whole frames out of whole records.
#pragma once

#include <memory>
#include <optional>

#include "weir/bytes.h"
#include "weir/savefile/format.h"

namespace weir::savefile {

/// Packs bytes into frames (gzip members, zstd or lz4 frames, xz streams) that follow one another
/// and can be unpacked one by one. Starts no thread.
class Compressor {
 public:
  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  virtual ~Compressor();

  /// One whole frame that holds `bytes`, which are not empty; valid until the next call.
  [[nodiscard]] virtual Bytes frame(Bytes bytes) = 0;
  /// Bytes that a frame should hold where there is a choice: less packs worse, more holds back
  /// more.
  [[nodiscard]] virtual std::size_t frame_size() const noexcept = 0;
};

/// Null for Compression::none. Throws Error (invalid_argument) for a level out of range, naming the
/// range.
[[nodiscard]] std::unique_ptr<Compressor> make_compressor(Compression compression,
                                                          std::optional<int> level);

}  // namespace weir::savefile
