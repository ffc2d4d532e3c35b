// Gives a record back at the end of a scope.
#pragma once

#include "flow/history/store.h"
#include "flow/storage/record_slab.h"
#include "flow/storage/slot_table.h"

namespace weir::flow {

/// Keeps a record alive until the observer has seen it, whether that returns or throws.
class Release {
 public:
  /// Of none, nothing happens. The history goes with the record, if one is kept.
  Release(RecordSlab& records, HistoryStore* history, std::uint32_t index) noexcept
      : records_{records}, history_{history}, index_{index} {}
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;
  ~Release() {
    if (index_ == SlotTable::none) return;
    if (history_ != nullptr) history_->forget(index_);
    records_.free(index_);
  }

  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }

 private:
  RecordSlab& records_;
  HistoryStore* history_;
  std::uint32_t index_;
};

}  // namespace weir::flow
