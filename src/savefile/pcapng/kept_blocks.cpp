// Copies blocks.
#include "savefile/pcapng/kept_blocks.h"

namespace weir::savefile {

bool KeptBlocks::add(const Block& block) {
  constexpr std::size_t overhead = sizeof(Block) + sizeof(bodies_[0]);
  const std::size_t size = block.body.size() + overhead;
  if (size > most_ - bytes_) return false;
  bytes_ += size;
  // Moving a vector leaves its bytes where they are.
  const auto& body = bodies_.emplace_back(block.body.begin(), block.body.end());
  blocks_.push_back({block.type, body, block.big_endian});
  return true;
}

void KeptBlocks::clear() noexcept {
  blocks_.clear();
  bodies_.clear();
  bytes_ = 0;
}

}  // namespace weir::savefile
