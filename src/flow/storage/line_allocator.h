// What containers of the table take their memory by: lines of the cache, of a Memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "weir/memory.h"

namespace weir::flow {

/// A standard allocator. What it gives begins with a line of the cache; the octet before that says
/// how far behind the begin of the memory it is.
template <class T>
class LineAllocator {
 public:
  using value_type = T;
  static constexpr std::size_t line = 64;
  static_assert(alignof(T) <= line);

  explicit LineAllocator(Memory& memory) noexcept : memory_{&memory} {}
  template <class Other>
  explicit LineAllocator(const LineAllocator<Other>& other) noexcept : memory_{&other.memory()} {}

  [[nodiscard]] T* allocate(std::size_t count) {
    std::uint8_t* const begin = memory_->resize(nullptr, 0, size_of(count));
    const std::size_t skipped = line - reinterpret_cast<std::uintptr_t>(begin) % line;
    begin[skipped - 1] = static_cast<std::uint8_t>(skipped);
    return reinterpret_cast<T*>(begin + skipped);
  }
  void deallocate(T* data, std::size_t count) noexcept {
    auto* const octets = reinterpret_cast<std::uint8_t*>(data);
    memory_->free(octets - octets[-1], size_of(count));
  }

  [[nodiscard]] Memory& memory() const noexcept { return *memory_; }
  bool operator==(const LineAllocator&) const noexcept = default;

 private:
  [[nodiscard]] static std::size_t size_of(std::size_t count) {
    if (count > (SIZE_MAX - line) / sizeof(T)) throw std::bad_alloc{};
    return count * sizeof(T) + line;
  }

  Memory* memory_;
};

}  // namespace weir::flow
