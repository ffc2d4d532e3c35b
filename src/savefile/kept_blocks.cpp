// Copies blocks.
#include "savefile/kept_blocks.h"

namespace weir::savefile {

void KeptBlocks::add(std::span<const Block> blocks) {
  constexpr std::size_t overhead = sizeof(Block) + sizeof(bodies_[0]);
  for (const Block& block : blocks) {
    if (bytes_ + block.body.size() + overhead > most_) return;
    bytes_ += block.body.size() + overhead;
    // Moving a vector leaves its bytes where they are.
    const auto& body = bodies_.emplace_back(block.body.begin(), block.body.end());
    blocks_.push_back({block.type, body, block.big_endian});
  }
}

}  // namespace weir::savefile
