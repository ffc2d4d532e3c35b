// The one buffer formats read from: a window onto a stream of bytes, moved on by fill().
#pragma once

#include <memory>

#include "savefile/byte_source.h"
#include "weir/bytes.h"

namespace weir::savefile {

/// The largest record believed, and so what a window can be made to hold.
inline constexpr std::size_t max_record_size = std::size_t{16} << 20;

/// A window onto a file, a pipe, a decompressor or memory; formats cannot tell which.
class ByteInput {
 public:
  /// Borrows `memory`, never copies it.
  explicit ByteInput(Bytes memory) noexcept;
  explicit ByteInput(std::unique_ptr<ByteSource> source);

  /// The bytes at hand. Views into it stay valid until the next fill().
  [[nodiscard]] Bytes window() const noexcept {
    return {begin_, static_cast<std::size_t>(end_ - begin_)};
  }
  /// Bytes of the stream before the window.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

  /// Precondition: size <= window().size().
  void consume(std::size_t size) noexcept {
    begin_ += size;
    offset_ += size;
  }

  /// Adds bytes to the end of the window: at least one, unless the state says otherwise. What is
  /// left of the window may move. Precondition: the window is smaller than a record may be.
  ReadState fill(const WaitLimit& limit);

  /// Fills until the window has `size` bytes or the stream ends, for as long as it takes. Throws
  /// SystemError (EINTR) if a signal arrives first.
  void require(std::size_t size);

  /// Keeps the buffer behind the windows since the last fill() for as long as the returned lives:
  /// then another takes its place once room is needed. Null for memory.
  [[nodiscard]] std::shared_ptr<const void> keep() noexcept {
    is_kept_ = true;
    return buffer_;
  }

  /// Takes the source out, to be put below a decompressor. Nothing for memory.
  [[nodiscard]] std::unique_ptr<ByteSource> release_source() noexcept { return std::move(source_); }
  /// The window and, for memory, all that follows it.
  [[nodiscard]] Bytes rest() const noexcept;

 private:
  void make_room();

  std::unique_ptr<ByteSource> source_;
  std::shared_ptr<std::uint8_t[]> buffer_;
  bool is_kept_ = false;  // handed out: not to be written to where it has been filled
  std::size_t capacity_ = 0;
  const std::uint8_t* begin_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  std::size_t unseen_ = 0;  // bytes of memory behind the window
  std::uint64_t offset_ = 0;
};

}  // namespace weir::savefile
