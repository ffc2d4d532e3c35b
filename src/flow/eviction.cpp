// Where flows are filed by their last use, and which of them make room when the table is full.
//
// Floods are made of flows that nobody answers, so those go first, with connections that are over;
// what has shown that it is worth keeping goes by age only when the others take no more than their
// share, which lets new flows live long enough to show it. Whether a flow is worth keeping is asked
// when it has become the oldest of the young: until the table is full, it costs nothing.
#include <algorithm>

#include "table.h"

namespace weir::flow {

Table::Wheel& Table::wheel_of(std::uint32_t index) noexcept {
  const FlowRecord& flow = records_[index];
  if (timeouts_.fin != 0 && flow.is_over()) return over_;
  return open_wheel_of(flow);
}

void Table::file(std::uint32_t index) noexcept {
  const FlowRecord& flow = records_[index];
  wheel_of(index).file(index, flow.last_use());
  next_due_ = std::min({next_due_, timeouts_.idle_end(flow), timeouts_.fin_end(flow)});
}

/// The older of the first flows of two wheels, none if neither has one up to the limit.
std::uint32_t Table::first_of(Wheel& first, Wheel& second, Ticks limit) noexcept {
  const std::uint32_t a = first.first(limit);
  const std::uint32_t b = second.first(limit);
  if (a == Wheel::none || b == Wheel::none) return std::min(a, b);
  return records_[b].last_use() < records_[a].last_use() ? b : a;
}

/// The oldest that is not worth keeping; those before it that are move up.
std::uint32_t Table::oldest_young(Ticks now) noexcept {
  for (;;) {
    const std::uint32_t index = young_.first(now);
    if (index == Wheel::none || !records_[index].is_worth_keeping()) return index;
    young_.remove(index);
    records_[index].keep(true);
    ++kept_count_;
    kept_.file(index, records_[index].last_use());
  }
}

void Table::make_room() {
  constexpr std::size_t share = 16;
  const Ticks now = to_ticks(now_);
  const std::uint32_t young = oldest_young(now);
  std::uint32_t victim = young == Wheel::none ? over_.first(now) : first_of(young_, over_, now);
  const std::size_t others = slots_.size() - kept_count_;
  if (victim == Wheel::none || others <= std::max<std::size_t>(max_flows_ / share, 1)) {
    // No further than the oldest young, which may move up yet: keys are filed in order.
    const Ticks limit = young == Wheel::none ? now : records_[young].last_use();
    const std::uint32_t kept = kept_.first(limit);
    const bool is_older =
        kept != Wheel::none &&
        (victim == Wheel::none || records_[kept].last_use() < records_[victim].last_use());
    if (is_older) victim = kept;
  }
  if (!records_[victim].is_resting()) {
    ++evicted_;
    if (records_[victim].is_kept()) ++evicted_kept_;
  }
  end(victim, EndReason::evicted);
}

}  // namespace weir::flow
