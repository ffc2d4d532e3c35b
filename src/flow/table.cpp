// Starting, counting and ending flows.
#include "table.h"

#include <algorithm>

#include "release.h"
#include "weir/wire/tcp.h"

namespace weir::flow {
namespace {

/// Whether a segment with these flags may move its flow to another wheel.
constexpr bool may_end(std::uint8_t flags) noexcept {
  return (flags & (wire::tcp_flags::fin | wire::tcp_flags::rst)) != 0;
}

Memory& memory_of(const TrackerOptions& options) noexcept {
  return options.memory != nullptr ? *options.memory : Memory::heap();
}

}  // namespace

Table::Table(Observers& observers, const TrackerOptions& options)
    : observers_{observers},
      hash_{options.hash_key},
      timeouts_{options},
      unidirectional_{options.unidirectional},
      max_flows_{std::clamp<std::uint32_t>(options.max_flows, 1, SlotTable::max_records)},
      slots_{memory_of(options)},
      records_{options.memory},
      young_{ByUse{&records_}},
      kept_{ByUse{&records_}},
      over_{ByUse{&records_}},
      rates_{options.rates},
      keeps_by_index_{timeouts_.active != 0 || rates_.are_kept() ||
                      options.history.fields != HistoryFields::none},
      reaping_{options.clock},
      seconds_{options.seconds} {
  next_due_ = seconds_.next();
  if (options.history.fields != HistoryFields::none) {
    history_ = std::make_unique<HistoryStore>(options.history, memory_of(options));
  }
}

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
    if (history_) [[unlikely]]
      history_->prefetch_head(arrival.guess);
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

void Table::note_flags(const PacketFacts& facts) noexcept {
  syn_packets_ += facts.has(wire::tcp_flags::syn) ? 1U : 0U;
  fin_packets_ += facts.has(wire::tcp_flags::fin) ? 1U : 0U;
}

/// What a claimant has counted while it waited.
void Table::count_late(const FlowRecord& claimant) noexcept {
  for (const Counters& side : {claimant.from_originator(), claimant.from_responder()}) {
    counted_ += side.packets;
    counted_bytes_ += side.frame_bytes;
  }
}

/// A packet that starts, changes or ends something.
void Table::count_change(std::uint32_t index, const Arrival& arrival, const Extras* extras) {
  ++changes_;
  if (arrival.facts.has(wire::tcp_flags::syn | wire::tcp_flags::fin)) note_flags(arrival.facts);
  if (index != SlotTable::none && records_[index].may_be_decided_by(arrival.facts)) {
    index = decide(index, arrival, extras);
    if (index == held) return;
  }
  if (index == SlotTable::none) {
    count_first(arrival, extras);
    return;
  }
  FlowRecord& flow = records_[index];
  const bool wakes = flow.is_resting();
  if (wakes) {
    flow.wake(arrival.timestamp);
    begin(index, flow.protocol());
  }
  const bool was_over = flow.is_over();
  flow.count(arrival.facts, arrival.timestamp, now_);
  ++counted_;
  counted_bytes_ += arrival.facts.wire_length;
  keep(index, arrival);
  remember(index, arrival, extras);
  if (flow.is_over() != was_over && timeouts_.fin != 0) {
    (was_over ? over_ : open_wheel_of(flow)).remove(index);
    if (flow.is_kept()) --kept_count_;
    flow.keep(false);
    file(index);
  }
  if (wakes) tell_start(index, extras);
  tell(index, arrival.facts.side, extras);
  if (flow.is_contested() && flow.is_over()) {
    claims_.place(index).is_refused = false;  // there is no connection left that could refuse
    end(index, flow.closing_reason());
  }
}

void Table::count_first(const Arrival& arrival, const Extras* extras) {
  ++misses_;
  const std::uint32_t index = start(arrival);
  records_[index].count(arrival.facts, arrival.timestamp, now_);
  ++counted_;
  counted_bytes_ += arrival.facts.wire_length;
  keep_first(index, arrival);
  remember(index, arrival, extras);
  file(index);
  tell_start(index, extras);
  tell(index, arrival.facts.side, extras);
}

/// Of a flow that begins with a packet, which is told next.
void Table::tell_start(std::uint32_t index, const Extras* extras) {
  try {
    observers_.on_start(records_[index]);
  } catch (...) {
    if (extras != nullptr && extras->packet != nullptr) ++untold_;
    throw;
  }
}

void Table::tell(std::uint32_t index, std::uint8_t side, const Packet& packet) const {
  const FlowRecord& flow = records_[index];
  observers_.on_packet(flow, packet, flow.is_originator(side));
}

std::uint32_t Table::start(const Arrival& arrival) {
  while (slots_.size() >= max_flows_) make_room();
  slots_.reserve_one();
  records_.reserve_one();
  if (keeps_by_index_) reserve_by_index(records_.next());
  const std::uint32_t index = records_.create(arrival.facts, arrival.timestamp);
  slots_.insert(arrival.tag, index);
  begin(index, arrival.facts.key.protocol);
  return index;
}

/// Makes sure that what is kept beside a record has room. Throws std::bad_alloc.
void Table::reserve_by_index(std::uint32_t index) {
  if (timeouts_.active != 0) by_age_.reserve(index);
  if (rates_.are_kept()) rates_.reserve(index);
  if (history_) history_->reserve(index);
}

/// Precondition: there is an active timeout.
void Table::begin_age(std::uint32_t index) noexcept {
  by_age_.push_back(index, to_ticks(now_));
  next_due_ = std::min(next_due_, timeouts_.active_end(to_ticks(now_)));
}

void Table::end(std::uint32_t index, EndReason reason) {
  FlowRecord& flow = records_[index];
  if (flow.is_contested() && claims_.place(index).is_refused) refuse(index);
  const std::uint32_t claimant = withdraw(index);
  const bool is_told = !flow.is_resting();
  take_out(index);
  ended_record_ = index;
  try {
    const Release release{records_, history_.get(), index};
    if (is_told) observers_.on_end(flow, reason);
  } catch (...) {
    // Its packets came before the one that is being counted: they stay.
    if (claimant != SlotTable::none) adopt(claimant);
    throw;
  }
  if (claimant != SlotTable::none) adopt(claimant);
}

void Table::take_out(std::uint32_t index) noexcept {
  FlowRecord& flow = records_[index];
  wheel_of(index).remove(index);
  if (flow.is_kept()) --kept_count_;
  if (!flow.is_resting()) {
    if (timeouts_.active != 0) by_age_.remove(index);
    count_end(flow);
  }
  slots_.erase(SlotTable::tag(hash_(flow.key())), index);
}

}  // namespace weir::flow
