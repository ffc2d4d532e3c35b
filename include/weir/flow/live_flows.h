// The live flows of a tracker, one after another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "weir/api.h"
#include "weir/flow/flow.h"

namespace weir::flow {

class RecordSlab;

/// Every live flow of a Tracker, each once, as it is at this moment: Tracker::flows(). In the order
/// of the table, where a new flow stands last, or in the place that became free last; so the order
/// is the same after the same calls. Valid until a member of the tracker is called that is not
/// const; on the thread of that. Nothing is allocated. The time a walk takes grows with the most
/// flows there were at once since Tracker::finish().
class WEIR_API LiveFlows {
 public:
  class WEIR_API Iterator {
   public:
    using value_type = Flow;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;

    const Flow& operator*() const noexcept { return *flow_; }
    const Flow* operator->() const noexcept { return flow_; }
    Iterator& operator++() noexcept;
    Iterator operator++(int) noexcept {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const noexcept { return flow_ == other.flow_; }
    bool operator==(std::default_sentinel_t) const noexcept { return flow_ == nullptr; }

   private:
    friend class LiveFlows;
    WEIR_PRIVATE explicit Iterator(const RecordSlab& records) noexcept;
    /// The first from the index on; none at the end.
    WEIR_PRIVATE void find_live() noexcept;

    const RecordSlab* records_ = nullptr;
    std::uint32_t index_ = 0;
    const Flow* flow_ = nullptr;
  };

  [[nodiscard]] Iterator begin() const noexcept;
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  friend class Table;
  explicit LiveFlows(const RecordSlab& records) noexcept : records_{&records} {}

  const RecordSlab* records_;
};

}  // namespace weir::flow
