// The memory of histories: units of one size, from slabs that are kept for reuse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <vector>

#include "flow/storage/line_allocator.h"

namespace weir::flow {

/// Units by 32-bit index, as many as a budget holds. Slabs never move. Small, since most flows are
/// short.
class HistoryPool {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr std::size_t unit_size = 24;

  /// Throws std::bad_alloc.
  HistoryPool(std::size_t budget, Memory& memory);
  HistoryPool(const HistoryPool&) = delete;
  HistoryPool& operator=(const HistoryPool&) = delete;
  ~HistoryPool();

  /// Whether so many can be taken; asks the heap for a slab at most. If that has none, what there
  /// is remains all there is.
  [[nodiscard]] bool reserve(std::uint32_t count) noexcept {
    return free_count_ + (capacity_ - carved_) >= count || grow(count);
  }
  /// Precondition: reserve().
  [[nodiscard]] std::uint32_t take() noexcept {
    if (free_ == none) {
      if (chains_ == none) return carved_++;
      free_ = chains_;
      chains_ = at<Links>(chains_).chain;
    }
    const std::uint32_t index = free_;
    free_ = at<Links>(index).next;
    --free_count_;
    // What is taken next was given back long ago, and is read then.
    if (free_ != none) prefetch(free_);
    if (chains_ != none) prefetch(chains_);
    return index;
  }
  /// Gives so many back, of which the first octets of each tell the next, and those of the last
  /// `none`. Only the first is touched.
  void give(std::uint32_t first, std::uint32_t count) noexcept {
    at<Links>(first).chain = chains_;
    chains_ = first;
    free_count_ += count;
  }
  /// Takes everything back.
  void clear() noexcept {
    free_ = chains_ = none;
    free_count_ = carved_ = 0;
  }

  /// A fresh object in the unit; the one that is there.
  template <class T>
  T& make(std::uint32_t index) noexcept {
    static_assert(sizeof(T) <= unit_size && std::is_trivially_destructible_v<T>);
    return *::new (place(index)) T{};
  }
  template <class T>
  [[nodiscard]] T& at(std::uint32_t index) const noexcept {
    return *static_cast<T*>(place(index));
  }
  /// Inlined by force: g++ drops calls to what only prefetches.
  [[gnu::always_inline]] void prefetch(std::uint32_t index) const noexcept {
    __builtin_prefetch(place(index), 1);
  }

  /// Bytes of units that are taken; of all slabs.
  [[nodiscard]] std::size_t used() const noexcept {
    return std::size_t{carved_ - free_count_} * unit_size;
  }
  [[nodiscard]] std::size_t memory() const noexcept {
    return std::size_t{capacity_} * unit_size + slabs_.capacity() * sizeof(slabs_[0]);
  }

 private:
  /// With what the allocator adds, what a huge page has room for.
  static constexpr std::uint32_t slab_units =
      ((std::size_t{2} << 20) - 2 * LineAllocator<std::byte>::line) / unit_size;
  /// How a unit begins.
  struct Links {
    std::uint32_t next;
    /// Of the first of a chain that was given back: the chain given back before.
    std::uint32_t chain;
  };
  struct alignas(8) Unit {
    std::byte bytes[unit_size];  // NOLINT: uninitialised
  };

  [[nodiscard]] void* place(std::uint32_t index) const noexcept {
    return &slabs_.data()[index / slab_units][index % slab_units];  // NOLINT: for every packet
  }
  [[nodiscard]] bool grow(std::uint32_t count) noexcept;

  LineAllocator<Unit> lines_;
  std::vector<Unit*> slabs_;
  /// Units there may be, there are, and have been taken once.
  std::uint32_t limit_;
  std::uint32_t capacity_ = 0;
  std::uint32_t carved_ = 0;
  /// A chain that is being taken; those that were given back; how many units are in both.
  std::uint32_t free_ = none;
  std::uint32_t chains_ = none;
  std::uint32_t free_count_ = 0;
};

}  // namespace weir::flow
