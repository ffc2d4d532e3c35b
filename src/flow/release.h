// Gives a record back at the end of a scope.
#pragma once

#include "record_slab.h"
#include "slot_table.h"

namespace weir::flow {

/// Keeps a record alive until the observer has seen it, whether that returns or throws.
class Release {
 public:
  /// Of none, nothing happens.
  Release(RecordSlab& records, std::uint32_t index) noexcept : records_{records}, index_{index} {}
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;
  ~Release() {
    if (index_ != SlotTable::none) records_.free(index_);
  }

  [[nodiscard]] std::uint32_t index() const noexcept { return index_; }

 private:
  RecordSlab& records_;
  std::uint32_t index_;
};

}  // namespace weir::flow
