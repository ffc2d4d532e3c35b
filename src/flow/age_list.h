// Flows in the order of their creation, for the active timeout.
#pragma once

#include <cstdint>
#include <vector>

#include "ticks.h"

namespace weir::flow {

/// A doubly linked list by record index. It takes memory only when it is used.
class AgeList {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  /// Makes sure that push_back(index) has room. Throws std::bad_alloc.
  void reserve(std::uint32_t index) {
    if (index >= links_.size()) links_.resize(index + index / 2 + std::size_t{64});
  }
  /// A flow begins at `now`. Precondition: reserve(index).
  void push_back(std::uint32_t index, Ticks now) noexcept {
    links_[index] = {none, last_, now};
    (last_ == none ? first_ : links_[last_].next) = index;
    last_ = index;
  }
  /// Precondition: the index is in the list.
  void remove(std::uint32_t index) noexcept {
    const Entry entry = links_[index];
    (entry.previous == none ? first_ : links_[entry.previous].next) = entry.next;
    (entry.next == none ? last_ : links_[entry.next].previous) = entry.previous;
  }
  void clear() noexcept { first_ = last_ = none; }

  /// The oldest; none if the list is empty.
  [[nodiscard]] std::uint32_t first() const noexcept { return first_; }
  /// When it began. Precondition: the index is in the list.
  [[nodiscard]] Ticks created(std::uint32_t index) const noexcept { return links_[index].created; }
  [[nodiscard]] std::size_t memory() const noexcept { return links_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint32_t next;
    std::uint32_t previous;
    Ticks created;
  };
  std::vector<Entry> links_;
  std::uint32_t first_ = none;
  std::uint32_t last_ = none;
};

}  // namespace weir::flow
