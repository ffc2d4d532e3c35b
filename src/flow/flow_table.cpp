// Starting, counting and ending flows.
#include "flow_table.h"

#include <algorithm>

namespace weir::flow {

FlowTable::FlowTable(Observer& observer, const TrackerOptions& options)
    : observer_{observer},
      hash_{options.hash_key},
      timeouts_{options},
      max_flows_{std::clamp<std::uint32_t>(options.max_flows, 1, SlotTable::max_records)},
      by_use_{ByUse{&records_}},
      by_deadline_{ByDeadline{&records_, &timeouts_}} {}

void FlowTable::count(const Arrival& arrival) {
  std::uint32_t index = find(arrival);
  if (index != SlotTable::none && records_[index].reopened_by(arrival.facts)) [[unlikely]] {
    end(index, records_[index].closing_reason());
    index = SlotTable::none;
  }
  const bool is_new = index == SlotTable::none;
  if (is_new) index = start(arrival);
  const bool is_over = records_[index].count(arrival.facts, arrival.timestamp, now_);
  ++counted_;
  if (is_over && timeouts_.fin != 0) file_deadline(index);
  if (!is_new) return;
  by_use_.file(index, to_ticks(now_));
  if (timeouts_.active != 0) file_deadline(index);
  next_due_ = std::min(next_due_, timeouts_.idle_end(records_[index]));
  observer_.on_start(records_[index]);
}

std::uint32_t FlowTable::find(const Arrival& arrival) const noexcept {
  const FlowKey& key = arrival.facts.key;
  // The flow may have ended, or begun, since the guess was made.
  if (arrival.guess != SlotTable::none && records_[arrival.guess].has_key(key)) [[likely]] {
    return arrival.guess;
  }
  return slots_.find(arrival.tag,
                     [&](std::uint32_t index) { return records_[index].has_key(key); });
}

std::uint32_t FlowTable::start(const Arrival& arrival) {
  if (slots_.size() >= max_flows_) {
    ++evicted_;
    end(by_use_.pop_first(to_ticks(now_)), EndReason::evicted);
  }
  slots_.reserve_one();
  records_.reserve_one();
  const std::uint32_t index = records_.create(arrival.facts, arrival.timestamp, now_);
  slots_.insert(arrival.tag, index);
  ++started_;
  return index;
}

void FlowTable::end(std::uint32_t index, EndReason reason) {
  take_out(index);
  // The record lives on until the observer has seen it, whether it returns or throws.
  struct Release {
    RecordSlab& records;
    std::uint32_t index;
    ~Release() { records.free(index); }
  } const release{records_, index};
  observer_.on_end(records_[index], reason);
}

void FlowTable::take_out(std::uint32_t index) noexcept {
  by_use_.remove(index);
  by_deadline_.remove(index);
  slots_.erase(SlotTable::tag(hash_(records_[index].key())), index);
  ++ended_;
}

void FlowTable::end_due() {
  const Ticks now = to_ticks(now_);
  if (timeouts_.idle != 0 && now >= timeouts_.idle) {
    const Ticks silent_since = now - timeouts_.idle;
    for (;;) {
      const std::uint32_t index = by_use_.pop_first(silent_since);
      if (index == SlotTable::none) break;
      end(index, timeouts_.reason(records_[index]));
    }
  }
  // A deadline beyond the last time stamp is never due, not even at the last time stamp.
  for (;;) {
    const std::uint32_t index = by_deadline_.pop_first(std::min(now, never - 1));
    if (index == SlotTable::none) break;
    end(index, timeouts_.reason(records_[index]));
  }
  const Ticks idle_due = timeouts_.idle == 0 ? never : after(by_use_.lower_bound(), timeouts_.idle);
  next_due_ = std::min(idle_due, by_deadline_.lower_bound());
}

void FlowTable::file_deadline(std::uint32_t index) noexcept {
  by_deadline_.remove(index);
  const Ticks deadline = by_deadline_.key(index);
  if (deadline == never) return;
  by_deadline_.file(index, to_ticks(now_));
  next_due_ = std::min(next_due_, deadline);
}

}  // namespace weir::flow
