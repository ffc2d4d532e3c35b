// Memory for packets that outlive their batch or are changed: taken and given back, rarely freed.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "weir/bytes.h"

namespace weir::gate {

class BufferPool;

/// Some of a pool's memory, which goes back there. Empty where there was none to be had.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : pool_{std::exchange(other.pool_, nullptr)}, bytes_{std::exchange(other.bytes_, {})} {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { reset(); }

  /// At least as many as were asked for.
  [[nodiscard]] MutableBytes bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool is_empty() const noexcept { return bytes_.empty(); }
  void reset() noexcept;

 private:
  friend class BufferPool;
  Buffer(BufferPool& pool, MutableBytes bytes) noexcept : pool_{&pool}, bytes_{bytes} {}

  BufferPool* pool_ = nullptr;
  MutableBytes bytes_{};
};

/// Outlives its buffers. By any thread.
class BufferPool {
 public:
  /// Bytes that are kept for those to come; what is given back beyond is freed.
  static constexpr std::size_t most_kept = std::size_t{64} << 20;

  BufferPool() = default;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();

  /// Not initialised. Empty if there is no memory, or `most` would be in use with it.
  [[nodiscard]] Buffer take(std::size_t size, std::size_t most = SIZE_MAX) noexcept;
  /// Bytes of what is taken, as of now.
  [[nodiscard]] std::size_t in_use() const noexcept {
    return in_use_.load(std::memory_order_relaxed);
  }

 private:
  friend class Buffer;
  // A packet of Ethernet and room to grow, of jumbo frames, and two sizes of segments kept
  // together.
  static constexpr std::array<std::size_t, 4> sizes{2'048, 10'240, 66'560, 262'656};
  struct Shelf {
    std::mutex mutex{};
    std::vector<std::uint8_t*> buffers{};
  };
  void give_back(MutableBytes bytes) noexcept;

  std::array<Shelf, sizes.size()> shelves_{};
  std::atomic<std::size_t> in_use_{0};
};

inline void Buffer::reset() noexcept {
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->give_back(std::exchange(bytes_, {}));
}

}  // namespace weir::gate
