// Blocks that every file of a series needs: names and secrets that came before.
#pragma once

#include <span>
#include <vector>

#include "weir/savefile/format.h"

namespace weir::savefile {

/// Own copies of blocks, up to a limit.
class KeptBlocks {
 public:
  /// The limit is that of `most` bytes.
  explicit KeptBlocks(std::size_t most) noexcept : most_{most} {}

  /// Blocks beyond the limit are not kept.
  void add(std::span<const Block> blocks);
  /// What was kept, in order; valid until the next add().
  [[nodiscard]] std::span<const Block> blocks() const noexcept { return blocks_; }

 private:
  std::size_t most_;
  std::vector<Block> blocks_;
  std::vector<std::vector<std::uint8_t>> bodies_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::savefile
