// Buffers of columns: realloc(3) moves the pages of large ones and copies nothing.
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>

#include "weir/record/column_data.h"

namespace weir::record {

ColumnBuffer::~ColumnBuffer() { std::free(data_); }  // NOLINT(cppcoreguidelines-no-malloc)

void ColumnBuffer::grow(std::size_t count) {
  constexpr std::size_t least = 1024;
  if (count > std::numeric_limits<std::size_t>::max() / 4 - size_) throw std::bad_alloc{};
  const std::size_t wanted = std::max({2 * capacity_, size_ + count, least});
  void* const grown = std::realloc(data_, wanted);  // NOLINT(cppcoreguidelines-no-malloc)
  if (grown == nullptr) throw std::bad_alloc{};
  data_ = static_cast<std::uint8_t*>(grown);
  capacity_ = wanted;
}

void ColumnBuffer::shrink() noexcept {
  if (size_ == 0 || size_ == capacity_) return;
  void* const shrunk = std::realloc(data_, size_);  // NOLINT(cppcoreguidelines-no-malloc)
  if (shrunk == nullptr) return;
  data_ = static_cast<std::uint8_t*>(shrunk);
  capacity_ = size_;
}

}  // namespace weir::record
