// Starting, counting and ending flows.
#include "table.h"

#include <algorithm>

namespace weir::flow {
namespace {

/// Keeps a record alive until the observer has seen it, whether that returns or throws.
class Release {
 public:
  Release(RecordSlab& records, std::uint32_t index) noexcept : records_{records}, index_{index} {}
  Release(const Release&) = delete;
  Release& operator=(const Release&) = delete;
  ~Release() { records_.free(index_); }

 private:
  RecordSlab& records_;
  std::uint32_t index_;
};

}  // namespace

Table::Table(Observer& observer, const TrackerOptions& options)
    : observer_{observer},
      hash_{options.hash_key},
      timeouts_{options},
      max_flows_{std::clamp<std::uint32_t>(options.max_flows, 1, SlotTable::max_records)},
      open_{ByUse{&records_}},
      over_{ByUse{&records_}} {}

// Short loops of their own, so that the processor runs many look-ups at once: a prefetch waits for
// the translation of its address, and within the work on one packet nothing would hide that.
void Table::ask_for_slots(std::span<Arrival> arrivals) const noexcept {
  for (Arrival& arrival : arrivals) {
    arrival.tag = SlotTable::tag(hash_(arrival.facts.key));
    slots_.prefetch(arrival.tag);
  }
}

void Table::ask_for_records(std::span<Arrival> arrivals) const noexcept {
  for (Arrival& arrival : arrivals) {
    arrival.guess = slots_.find(arrival.tag, [](std::uint32_t) { return true; });
  }
  for (const Arrival& arrival : arrivals) {
    if (arrival.guess == SlotTable::none) continue;
    records_.prefetch(arrival.guess, arrival.facts.side);
    if (may_end(arrival.facts.tcp_flags)) records_.prefetch_links(arrival.guess);
  }
}

void Table::count(const Arrival& arrival) {
  std::uint32_t index = find(arrival);
  if (index != SlotTable::none && records_[index].reopened_by(arrival.facts)) [[unlikely]] {
    end(index, records_[index].closing_reason());
    index = SlotTable::none;
  }
  const bool is_new = index == SlotTable::none;
  if (is_new) index = start(arrival);
  const bool became_over = records_[index].count(arrival.facts, arrival.timestamp, now_);
  ++counted_;
  if (is_new) {
    file(index);
    observer_.on_start(records_[index]);
  } else if (became_over && timeouts_.fin != 0) {
    open_.remove(index);
    file(index);
  }
}

std::uint32_t Table::find(const Arrival& arrival) const noexcept {
  const FlowKey& key = arrival.facts.key;
  // The flow may have ended, or begun, since the guess was made.
  if (arrival.guess != SlotTable::none && records_[arrival.guess].has_key(key)) [[likely]] {
    return arrival.guess;
  }
  return slots_.find(arrival.tag,
                     [&](std::uint32_t index) { return records_[index].has_key(key); });
}

std::uint32_t Table::start(const Arrival& arrival) {
  if (size() >= max_flows_) evict();
  slots_.reserve_one();
  records_.reserve_one();
  if (timeouts_.active != 0) by_age_.reserve(records_.next());
  const std::uint32_t index = records_.create(arrival.facts, arrival.timestamp, now_);
  slots_.insert(arrival.tag, index);
  if (timeouts_.active != 0) {
    by_age_.push_back(index);
    next_due_ = std::min(next_due_, timeouts_.active_end(records_[index]));
  }
  ++started_;
  return index;
}

void Table::file(std::uint32_t index) noexcept {
  const FlowRecord& flow = records_[index];
  (waits_for_fin(index) ? over_ : open_).file(index, to_ticks(now_));
  next_due_ = std::min({next_due_, timeouts_.idle_end(flow), timeouts_.fin_end(flow)});
}

void Table::evict() {
  const Ticks now = to_ticks(now_);
  const std::uint32_t open = open_.first(now);
  const std::uint32_t over = over_.first(now);
  const bool take_over =
      open == Wheel::none ||
      (over != Wheel::none && records_[over].last_use() < records_[open].last_use());
  ++evicted_;
  end(take_over ? over : open, EndReason::evicted);
}

void Table::end(std::uint32_t index, EndReason reason) {
  take_out(index);
  const Release release{records_, index};
  observer_.on_end(records_[index], reason);
}

void Table::take_out(std::uint32_t index) noexcept {
  (waits_for_fin(index) ? over_ : open_).remove(index);
  if (timeouts_.active != 0) by_age_.remove(index);
  slots_.erase(SlotTable::tag(hash_(records_[index].key())), index);
  ++ended_;
}

void Table::end_due() {
  if (timeouts_.idle != 0) end_silent(open_, timeouts_.idle);
  if (timeouts_.fin != 0) end_silent(over_, timeouts_.quiet());
  if (timeouts_.active != 0) end_aged();
  next_due_ = never;
  if (timeouts_.idle != 0) next_due_ = after(open_.lower_bound(), timeouts_.idle);
  if (timeouts_.fin != 0) {
    next_due_ = std::min(next_due_, after(over_.lower_bound(), timeouts_.quiet()));
  }
  if (by_age_.first() != AgeList::none) {
    next_due_ = std::min(next_due_, timeouts_.active_end(records_[by_age_.first()]));
  }
}

void Table::end_silent(Wheel& wheel, Ticks silence) {
  const Ticks now = to_ticks(now_);
  if (now < silence) return;
  for (;;) {
    const std::uint32_t index = wheel.first(now - silence);
    if (index == Wheel::none) return;
    end(index, timeouts_.reason(records_[index]));
  }
}

void Table::end_aged() {
  for (;;) {
    const std::uint32_t index = by_age_.first();
    if (index == AgeList::none) return;
    if (to_ticks(now_) - records_[index].created() < timeouts_.active) return;
    end(index, timeouts_.reason(records_[index]));
  }
}

}  // namespace weir::flow
