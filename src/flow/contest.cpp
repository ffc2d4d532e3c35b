// Two connections on the same ports: which of them a segment is for.
#include "release.h"
#include "table.h"

namespace weir::flow {

/// Where a segment on the ports of flow `index` counts: there, or in the flow that has taken its
/// place; none if it starts another, `held` if it waits to be decided, and is counted then.
std::uint32_t Table::decide(std::uint32_t index, const Arrival& arrival, const Extras* extras) {
  bool is_refused = false;
  if (records_[index].is_contested()) {
    Claim& claim = claims_.place(index);
    FlowRecord& claimant = records_[claim.claimant];
    switch (judge(claim, records_[index], claimant, arrival.facts, to_ticks(now_))) {
      case Verdict::open:
        claim.is_refused |= arrival.facts.side != claim.side;
        return index;
      case Verdict::again:
        claimant.count(arrival.facts, arrival.timestamp, now_);
        keep(claim.claimant, arrival);
        remember(claim.claimant, arrival, extras);
        hold(claimant.id(), arrival, extras);
        return held;
      case Verdict::owner:
        is_refused = claim.is_refused;
        refuse(index);
        break;
      case Verdict::claimant: {
        claim.is_refused = false;
        const std::uint32_t successor = claim.claimant;
        end(index, records_[index].closing_reason());
        index = successor;
        break;
      }
    }
  }
  if (!records_[index].opens_another(arrival.facts)) return index;
  if (!records_[index].is_over()) return contest(index, arrival, extras, is_refused);
  end(index, records_[index].closing_reason());
  return SlotTable::none;
}

/// `is_refused`: the old connection has answered a claim before this one.
std::uint32_t Table::contest(std::uint32_t index, const Arrival& arrival, const Extras* extras,
                             bool is_refused) {
  Claim& claim = claims_.place(index);
  if (claim.owner != Claim::none) refuse(claim.owner);
  records_.reserve_one();
  if (keeps_by_index_) reserve_by_index(records_.next());
  const std::uint32_t claimant = records_.create(arrival.facts, arrival.timestamp);
  records_[claimant].count(arrival.facts, arrival.timestamp, now_);
  records_[claimant].forget_key();
  keep_first(claimant, arrival);
  remember(claimant, arrival, extras);
  hold(records_[claimant].id(), arrival, extras);
  records_[index].set_contested(true);
  claim = {
      .owner = index, .claimant = claimant, .side = arrival.facts.side, .is_refused = is_refused};
  return held;
}

/// The old connection goes on, and what claimed its ports was a part of it, of no meaning.
void Table::refuse(std::uint32_t owner) {
  FlowRecord& flow = records_[owner];
  const Release claimant{records_, history_.get(), withdraw(owner)};
  const FlowRecord& claim = records_[claimant.index()];
  const Forget forget{*this, claim.id()};
  count_late(claim);
  const bool wakes = flow.is_resting();
  if (wakes) {
    flow.wake(claim.start());
    begin(owner, flow.protocol());
  }
  flow.absorb(claim);
  if (rates_.are_kept()) rates_.absorb(owner, claimant.index(), to_ticks(now_));
  if (history_) history_->splice(owner, claimant.index());
  if (wakes) observers_.on_start(flow);
  tell_held(claim.id(), owner);
}

/// The claimant of the flow, which has it no longer; none, if it has none. Its key is known again.
std::uint32_t Table::withdraw(std::uint32_t owner) noexcept {
  FlowRecord& flow = records_[owner];
  if (!flow.is_contested()) return SlotTable::none;
  Claim& claim = claims_.place(owner);
  const std::uint32_t claimant = claim.claimant;
  records_[claimant].set_key(flow.key());
  flow.set_contested(false);
  claim = {};
  return claimant;
}

/// The claimant takes the place of a flow that has left it.
void Table::adopt(std::uint32_t claimant) {
  FlowRecord& flow = records_[claimant];
  slots_.insert(SlotTable::tag(hash_(flow.key())), claimant);
  begin(claimant, flow.protocol());
  count_late(flow);
  file(claimant);
  const Forget forget{*this, flow.id()};
  observers_.on_start(flow);
  tell_held(flow.id(), claimant);
}

void Table::hold(std::uint64_t claimant, const Arrival& arrival, const Extras* extras) {
  if (extras == nullptr || extras->packet == nullptr) return;
  if (!held_packets_.hold(claimant, arrival.facts.side, *extras->packet)) ++untold_;
}

void Table::tell_held(std::uint64_t claimant, std::uint32_t index) {
  held_packets_.take(claimant,
                     [&](std::uint8_t side, const Packet& packet) { tell(index, side, packet); });
}

void Table::decide_all() {
  for (const Claim& claim : claims_.all()) {
    if (claim.owner == Claim::none) continue;
    if (claim.is_refused) {
      refuse(claim.owner);
    } else {
      end(claim.owner, records_[claim.owner].closing_reason());
    }
  }
}

}  // namespace weir::flow
