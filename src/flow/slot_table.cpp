// Insertion, deletion by backward shift, and growth of the slot table.
#include "slot_table.h"

#include <algorithm>
#include <utility>

namespace weir::flow {

void SlotTable::insert(std::uint32_t tag, std::uint32_t index) noexcept {
  std::size_t at = tag & mask_;
  while (slots_[at] != empty) at = (at + 1) & mask_;
  slots_[at] = Slot{tag} << 32 | (index + Slot{1});
  ++used_;
}

void SlotTable::erase(std::uint32_t tag, std::uint32_t index) noexcept {
  std::size_t hole = tag & mask_;
  while (index_of(slots_[hole]) != index) hole = (hole + 1) & mask_;
  for (std::size_t at = (hole + 1) & mask_; slots_[at] != empty; at = (at + 1) & mask_) {
    // A slot may move back as far as its home: into the hole, unless home lies behind the hole.
    const std::size_t from_home = (at - tag_of(slots_[at])) & mask_;
    const std::size_t from_hole = (at - hole) & mask_;
    if (from_home < from_hole) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = empty;
  --used_;
}

void SlotTable::clear() noexcept {
  std::ranges::fill(slots_, empty);
  used_ = 0;
}

void SlotTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  std::swap(old, slots_);
  mask_ = slots_.size() - 1;
  used_ = 0;
  for (const Slot slot : old) {
    if (slot != empty) insert(tag_of(slot), index_of(slot));
  }
}

}  // namespace weir::flow
