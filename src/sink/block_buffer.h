// Collects lines of bounded length in one reused buffer and hands them out in blocks.
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "weir/record/output.h"

namespace weir::sink {

class BlockBuffer {
 public:
  static constexpr std::size_t block_size = std::size_t{64} * 1024;
  static constexpr std::size_t max_line = 4096;

  explicit BlockBuffer(record::Output output)
      : output_{std::move(output)}, buffer_{std::make_unique<char[]>(block_size + max_line)} {}

  /// Where the next line goes: room for max_line characters.
  [[nodiscard]] char* line() noexcept { return buffer_.get() + used_; }

  /// Keeps the line that was written from line() to `end`.
  void keep(const char* end) {
    used_ = static_cast<std::size_t>(end - buffer_.get());
    assert(used_ <= block_size + max_line);
    if (used_ >= block_size) flush();
  }

  /// Hands out what there is. The buffer is empty afterwards, also when the output throws.
  void flush() {
    const std::size_t used = std::exchange(used_, 0);
    if (used != 0) output_(std::string_view{buffer_.get(), used});
  }

 private:
  record::Output output_;
  std::unique_ptr<char[]> buffer_;
  std::size_t used_ = 0;
};

}  // namespace weir::sink
