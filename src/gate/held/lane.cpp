// Lane: takes packets in.
#include "gate/held/lane.h"

#include "gate/held/hold_table.h"

namespace weir::gate {

constinit thread_local Lane* Lane::current = nullptr;

Lane::Lane(HoldTable& table)
    : table_{&table},
      outbox_{{.place = table.options_.place,
               .tcp_growth = table.options_.tcp_growth,
               .limits = table.limits_},
              table.inward_,
              table.buffers_,
              counts_} {
  free_.reserve(2 * table.slots_lent());
}

Slot* Lane::free_slot() noexcept {
  if (free_.empty()) table_->lend_slots(free_);
  if (free_.empty()) return nullptr;
  Slot* const slot = free_.back();
  free_.pop_back();
  return slot;
}

void Lane::free(Slot& slot) noexcept {
  const std::size_t most = 2 * table_->slots_lent();
  if (free_.size() == most) {
    table_->take_back(std::span{free_}.last(most / 2));
    free_.resize(most / 2);
  }
  slot.end();
  free_.push_back(&slot);
}

Slot* Lane::hold(const Arrival& arrival) noexcept {
  Slot* const slot = free_slot();
  if (slot == nullptr) {
    const bool open = table_->options_.policies.ring_full == Policy::open;
    decide(arrival, open ? Fate::full_passed : Fate::full_dropped);
    return nullptr;
  }
  counts_.arrive(arrival.frame.size());
  slot->begin(arrival, *table_);
  return slot;
}

void Lane::decide(const Arrival& arrival, Fate fate) noexcept {
  counts_.arrive(arrival.frame.size());
  const Record& record = arrival.record;
  count(fate, *arrival.port, record.outgoing != 0, arrival.frame.size());
  if (!goes_on(fate)) return;
  outbox_.add({.frame = arrival.frame,
               .port = arrival.port.get(),
               .mark = record.mark,
               .priority = record.priority,
               .segment_size = record.segment_size,
               .outgoing = record.outgoing != 0,
               .is_finished = record.is_segment != 0,
               .is_segment = record.is_segment != 0},
              nullptr);
}

}  // namespace weir::gate
