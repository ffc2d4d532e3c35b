// BufferPool: shelves of buffers of a few sizes.
#include "gate/held/buffer_pool.h"

#include <algorithm>
#include <new>

namespace weir::gate {

BufferPool::~BufferPool() {
  for (Shelf& shelf : shelves_) {
    for (std::uint8_t* const buffer : shelf.buffers) delete[] buffer;
  }
}

Buffer BufferPool::take(std::size_t size, std::size_t most) noexcept {
  const auto found = std::ranges::lower_bound(sizes, size);
  const bool is_shelved = found != sizes.end();
  if (is_shelved) size = *found;
  const std::size_t before = in_use_.fetch_add(size, std::memory_order_relaxed);
  if (before > most || size > most - before) {
    in_use_.fetch_sub(size, std::memory_order_relaxed);
    return {};
  }
  if (is_shelved) {
    Shelf& shelf = shelves_[static_cast<std::size_t>(found - sizes.begin())];
    const std::lock_guard lock{shelf.mutex};
    if (!shelf.buffers.empty()) {
      std::uint8_t* const buffer = shelf.buffers.back();
      shelf.buffers.pop_back();
      return {*this, {buffer, size}};
    }
  }
  auto* const buffer = new (std::nothrow) std::uint8_t[size];
  if (buffer == nullptr) {
    in_use_.fetch_sub(size, std::memory_order_relaxed);
    return {};
  }
  return {*this, {buffer, size}};
}

void BufferPool::give_back(MutableBytes bytes) noexcept {
  in_use_.fetch_sub(bytes.size(), std::memory_order_relaxed);
  const auto found = std::ranges::find(sizes, bytes.size());
  if (found != sizes.end()) {
    Shelf& shelf = shelves_[static_cast<std::size_t>(found - sizes.begin())];
    const std::lock_guard lock{shelf.mutex};
    if (shelf.buffers.size() < most_kept / sizes.size() / bytes.size()) {
      try {
        shelf.buffers.push_back(bytes.data());
        return;
      } catch (const std::bad_alloc&) {  // it is freed then
      }
    }
  }
  delete[] bytes.data();
}

}  // namespace weir::gate
