// The decompressed bytes of a compressed file: frame after frame, and damage behind what was whole.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "savefile/byte_source.h"
#include "savefile/compress/decompressor.h"
#include "weir/savefile/format.h"

namespace weir::savefile {

/// The decompressed bytes of another source, of all its frames (gzip members, xz streams) as one
/// stream.
class DecompressedSource final : public ByteSource {
 public:
  /// `compression` is what skippable frames in front leave open: it is none then. `first` are bytes
  /// that come before those of `below`; they are copied when there is a `below`, otherwise borrowed
  /// for the life of this object. `name` is for messages.
  DecompressedSource(Compression compression, Bytes first, std::unique_ptr<ByteSource> below,
                     std::string name);

  /// Delivers what could be decompressed before damage, then throws FormatError with
  /// compression_damaged, or BeyondLimit where it is none; its offset counts decompressed
  /// bytes. It ends only between two frames.
  ReadResult read(MutableBytes to, const WaitLimit& limit) override;

  /// Known with the first byte that was read, or the end.
  [[nodiscard]] Compression compression() const noexcept { return compression_; }

 private:
  /// Passes over skippable frames in front, up to the frame that tells what the stream is packed
  /// in.
  ReadState find_out_compression(const WaitLimit& limit);
  /// Reads more behind what is pending.
  ReadState refill(const WaitLimit& limit);
  ReadState next_frame(const WaitLimit& limit);
  std::size_t run(MutableBytes to);
  [[noreturn]] void fail(const std::string& cause, bool is_limit = false) const;

  Compression compression_;
  std::unique_ptr<ByteSource> below_;
  std::string name_;
  std::vector<std::uint8_t> buffer_;
  Bytes pending_;  // not yet given to the decompressor
  std::unique_ptr<Decompressor> decompressor_;
  std::uint64_t delivered_ = 0;
  std::string damage_;         // to be told once what came before it has been delivered
  bool is_limit_ = false;      // it is none, but a limit of ours
  std::uint64_t to_skip_ = 0;  // bytes of a skippable frame in front
  std::size_t padding_ = 0;    // zeros met behind the last frame
  bool between_frames_ = true;
  bool holds_output_ = false;  // the decompressor may have more without more input
  bool ended_ = false;
};

}  // namespace weir::savefile
