// Ending and cutting flows by time.
#include <algorithm>

#include "table.h"

namespace weir::flow {

void Table::end_due() {
  if (reaping_.has_clock()) {
    const Reaping::Turn turn{reaping_, ended_};
    end_all_due();
  } else {
    end_all_due();
  }
  const Seconds::Passed passed = seconds_.pass(to_ticks(now_));
  next_due_ = std::min(next_due_, seconds_.next());
  if (passed.count != 0) observers_.on_second(to_timestamp(passed.begin), passed.count);
}

void Table::end_all_due() {
  end_silent();
  if (timeouts_.active != 0) end_aged();
  next_due_ = never;
  if (timeouts_.idle != 0) {
    next_due_ = after(std::min(young_.lower_bound(), kept_.lower_bound()), timeouts_.idle);
  }
  if (timeouts_.quiet() != 0) {
    next_due_ = std::min(next_due_, after(over_.lower_bound(), timeouts_.quiet()));
  }
  if (by_age_.first() != AgeList::none) {
    next_due_ = std::min(next_due_, timeouts_.active_end(by_age_.created(by_age_.first())));
  }
}

void Table::end_silent() {
  const Ticks now = to_ticks(now_);
  if (timeouts_.idle != 0 && now >= timeouts_.idle) {
    for (;;) {
      const std::uint32_t index = first_of(young_, kept_, now - timeouts_.idle);
      if (index == Wheel::none) break;
      end_by_time(index);
    }
  }
  const Ticks quiet = timeouts_.quiet();
  if (timeouts_.fin == 0 || now < quiet) return;
  for (;;) {
    const std::uint32_t index = over_.first(now - quiet);
    if (index == Wheel::none) return;
    end_by_time(index);
  }
}

void Table::end_aged() {
  for (;;) {
    const std::uint32_t index = by_age_.first();
    if (index == AgeList::none) return;
    if (to_ticks(now_) - by_age_.created(index) < timeouts_.active) return;
    end_by_time(index);
  }
}

/// Silence ends a flow, age cuts it, whichever was due first.
void Table::end_by_time(std::uint32_t index) {
  const EndReason reason = timeouts_.reason(records_[index], created(index));
  if (reason == EndReason::active) {
    cut(index);
  } else {
    end(index, reason);
  }
}

/// Reports what there is and leaves the flow in the table: its next packet begins a new part, and
/// without one it goes in silence.
void Table::cut(std::uint32_t index) {
  const FlowRecord& flow = records_[index];
  /// Told or not, what was counted is behind.
  class Cut {
   public:
    Cut(Table& table, std::uint32_t record) noexcept : table_{table}, record_{record} {}
    Cut(const Cut&) = delete;
    Cut& operator=(const Cut&) = delete;
    ~Cut() {
      table_.records_[record_].cut();
      if (table_.history_) table_.history_->forget(record_);
    }

   private:
    Table& table_;
    std::uint32_t record_;
  };
  by_age_.remove(index);
  count_end(flow);
  const Cut at_the_end{*this, index};
  observers_.on_end(flow, EndReason::active);
}

Ticks Table::created(std::uint32_t index) const noexcept {
  const bool has_age = timeouts_.active != 0 && !records_[index].is_resting();
  return has_age ? by_age_.created(index) : never;
}

void Table::begin_time(Timestamp now) noexcept {
  if (slots_.size() == 0) return;
  for (std::uint32_t index = 0; index < records_.high_water(); ++index) {
    if (records_[index].key().shape != 0) records_[index].set_time(now);
  }
  set_back(now);
}

void Table::set_back(Timestamp now) noexcept {
  now_ = now;
  for (Wheel* const wheel : {&young_, &kept_, &over_}) wheel->clear();
  by_age_.clear();
  seconds_.set_back(to_ticks(now));
  next_due_ = seconds_.next();
  for (std::uint32_t index = 0; index < records_.high_water(); ++index) {
    if (records_[index].key().shape == 0) continue;
    records_[index].set_last_use(now);
    if (timeouts_.active != 0) begin_age(index);
    file(index);
  }
}

}  // namespace weir::flow
