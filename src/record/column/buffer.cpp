// Buffers of columns: twice as large each time they are full.
#include <algorithm>
#include <limits>
#include <new>

#include "weir/record/column_data.h"

namespace weir::record {

ColumnBuffer::~ColumnBuffer() {
  if (data_ != nullptr) memory().free(data_, capacity_);
}

void ColumnBuffer::grow(std::size_t count) {
  constexpr std::size_t least = 1024;
  if (count > std::numeric_limits<std::size_t>::max() / 4 - size_) throw std::bad_alloc{};
  const std::size_t wanted = std::max({2 * capacity_, size_ + count, least});
  data_ = memory().resize(data_, capacity_, wanted);
  capacity_ = wanted;
}

void ColumnBuffer::shrink() noexcept {
  if (size_ == 0 || size_ == capacity_) return;
  try {
    data_ = memory().resize(data_, capacity_, size_);
    capacity_ = size_;
  } catch (const std::bad_alloc&) {  // then it stays as large as it is
  }
}

}  // namespace weir::record
