// Slabs for the pool of histories.
#include "pool.h"

#include <algorithm>

namespace weir::flow {

HistoryPool::HistoryPool(std::size_t budget, Memory& memory)
    : lines_{memory},
      limit_{static_cast<std::uint32_t>(
          std::min<std::size_t>(budget / unit_size, std::size_t{1} << 31))} {
  slabs_.reserve((limit_ + slab_units - 1) / slab_units);  // grow() must not throw
}

HistoryPool::~HistoryPool() {
  for (std::uint32_t left = capacity_; Unit* const slab : slabs_) {
    const std::uint32_t units = std::min(slab_units, left);
    lines_.deallocate(slab, units);
    left -= units;
  }
}

bool HistoryPool::grow(std::uint32_t count) noexcept {
  if (capacity_ < limit_) {
    const std::uint32_t units = std::min(slab_units, limit_ - capacity_);
    try {
      slabs_.push_back(lines_.allocate(units));
      capacity_ += units;
    } catch (const std::bad_alloc&) {
      limit_ = capacity_;
    }
  }
  return free_count_ + (capacity_ - carved_) >= count;
}

}  // namespace weir::flow
