// Rows that wait for the database, oldest first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "weir/record/flow_row.h"

namespace weir::stores {

struct WaitingRow {
  record::FlowRow row;
  /// As RunOfFlow counts.
  std::size_t run = 0;
};

/// A ring whose memory grows to what it is needed for, up to a bound.
class RowQueue {
 public:
  explicit RowQueue(std::size_t most) noexcept : most_{std::max<std::size_t>(most, 1)} {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_full() const noexcept { return size_ == most_; }

  /// Precondition: !is_full().
  void push(const WaitingRow& row) {
    if (size_ == rows_.size()) grow();
    rows_[(first_ + size_++) % rows_.size()] = row;
  }
  /// Precondition: index < size().
  [[nodiscard]] const WaitingRow& operator[](std::size_t index) const noexcept {
    return rows_[(first_ + index) % rows_.size()];
  }
  /// Forgets the first ones. Precondition: count <= size().
  void pop(std::size_t count) noexcept {
    if (count == 0) return;
    first_ = (first_ + count) % rows_.size();
    size_ -= count;
  }

 private:
  void grow() {
    constexpr std::size_t least = 1024;
    std::vector<WaitingRow> larger(std::min(most_, std::max(least, 2 * rows_.size())));
    for (std::size_t i = 0; i < size_; ++i) larger[i] = (*this)[i];
    rows_ = std::move(larger);
    first_ = 0;
  }

  std::size_t most_;
  std::vector<WaitingRow> rows_{};
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace weir::stores
