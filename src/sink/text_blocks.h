// Collects text of any length and hands it out in blocks.
#pragma once

#include <string>
#include <utility>

#include "sink/block_buffer.h"
#include "weir/record/output.h"

namespace weir::sink {

/// What BlockBuffer is for lines of bounded length.
class TextBlocks {
 public:
  explicit TextBlocks(record::Output output) : output_{std::move(output)} {}

  /// Where the text goes.
  [[nodiscard]] std::string& text() noexcept { return text_; }
  /// Between two lines: hands out a block that is full.
  void end_line() {
    if (text_.size() >= BlockBuffer::block_size) flush();
  }
  /// Hands out what there is. It is gone afterwards, also when the output throws.
  void flush() {
    const std::string block = std::exchange(text_, {});
    if (!block.empty()) output_(block);
  }

 private:
  record::Output output_;
  std::string text_{};
};

}  // namespace weir::sink
