// Slabs for the pool of histories.
#include "pool.h"

#include <algorithm>

namespace weir::flow {

HistoryPool::HistoryPool(std::size_t budget)
    : limit_{static_cast<std::uint32_t>(
          std::min<std::size_t>(budget / unit_size, std::size_t{1} << 31))} {
  slabs_.reserve((limit_ + slab_units - 1) / slab_units);  // grow() must not throw
}

bool HistoryPool::grow(std::uint32_t count) noexcept {
  if (capacity_ < limit_) {
    const std::size_t units = std::min<std::size_t>(slab_units, limit_ - capacity_);
    std::unique_ptr<Unit[]> slab{new (std::nothrow) Unit[units]};  // NOLINT: an array
    if (slab) {
      slabs_.push_back(std::move(slab));
      capacity_ += static_cast<std::uint32_t>(units);
    } else {
      limit_ = capacity_;
    }
  }
  return free_count_ + (capacity_ - carved_) >= count;
}

}  // namespace weir::flow
