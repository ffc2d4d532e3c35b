// A binary heap of files, the one with the earliest packet on top.
#pragma once

#include <algorithm>
#include <compare>
#include <limits>
#include <utility>
#include <vector>

#include "weir/packet.h"

namespace weir::savefile {

/// Which file has its next packet when. Of equal times the smaller file comes first.
struct MergeEntry {
  Timestamp time = Timestamp::max();
  std::uint32_t file = std::numeric_limits<std::uint32_t>::max();

  auto operator<=>(const MergeEntry&) const = default;
};

/// Allocates in reserve() only, if that is called with the most entries there will be.
class MergeHeap {
 public:
  void reserve(std::size_t entries) { entries_.reserve(entries); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }

  /// Precondition: not empty.
  [[nodiscard]] const MergeEntry& top() const noexcept { return entries_.front(); }
  /// The earliest but for the top; later than everything if there is none.
  [[nodiscard]] MergeEntry runner_up() const noexcept {
    MergeEntry least;
    for (std::size_t i = 1; i < 3 && i < entries_.size(); ++i) {
      least = std::min(least, entries_[i]);
    }
    return least;
  }

  void push(const MergeEntry& entry) {
    entries_.push_back(entry);
    std::size_t at = entries_.size() - 1;
    while (at != 0 && entries_[at] < entries_[(at - 1) / 2]) {
      std::swap(entries_[at], entries_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
  }

  /// Precondition: not empty.
  void pop() noexcept {
    entries_.front() = entries_.back();
    entries_.pop_back();
    sift_down();
  }

  /// Precondition: not empty.
  void replace_top(const MergeEntry& entry) noexcept {
    entries_.front() = entry;
    sift_down();
  }

 private:
  void sift_down() noexcept {
    for (std::size_t at = 0;;) {
      std::size_t child = 2 * at + 1;
      if (child >= entries_.size()) return;
      if (child + 1 < entries_.size() && entries_[child + 1] < entries_[child]) ++child;
      if (!(entries_[child] < entries_[at])) return;
      std::swap(entries_[at], entries_[child]);
      at = child;
    }
  }

  std::vector<MergeEntry> entries_;
};

}  // namespace weir::savefile
