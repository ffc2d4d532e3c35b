// Copies of blocks that a file of a series needs: names and secrets that came before it.
#pragma once

#include <span>
#include <vector>

#include "weir/source.h"

namespace weir::savefile {

/// Own copies of blocks, up to a limit.
class KeptBlocks {
 public:
  /// The limit is that of `most` bytes.
  explicit KeptBlocks(std::size_t most) noexcept : most_{most} {}

  /// False for one that would lead beyond the limit: it is not kept, but a smaller one may be.
  [[nodiscard]] bool add(const Block& block);
  void clear() noexcept;
  /// What was kept, in order; valid until the next add() or clear().
  [[nodiscard]] std::span<const Block> blocks() const noexcept { return blocks_; }

 private:
  std::size_t most_;
  std::vector<Block> blocks_;
  std::vector<std::vector<std::uint8_t>> bodies_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::savefile
