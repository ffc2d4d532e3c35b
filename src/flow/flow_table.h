// The flows of a tracker: found by key, ended by time, evicted by use, reported to the observer.
#pragma once

#include "key_hash.h"
#include "packet_facts.h"
#include "record_slab.h"
#include "slot_table.h"
#include "timeouts.h"
#include "timer_wheel.h"
#include "weir/flow/observer.h"

namespace weir::flow {

/// A packet on its way into the table.
struct Arrival {
  PacketFacts facts;
  Timestamp timestamp{};
  std::uint32_t tag = 0;
  /// Where its flow probably is; none if it was not there when the batch was looked up.
  std::uint32_t guess = SlotTable::none;
  bool has_ip = false;
};

/// Observer callbacks come from count(), advance() and finish(), and what they throw leaves these.
/// By then the flow concerned has been started or has left the table, so the table stays usable.
class FlowTable {
 public:
  FlowTable(Observer& observer, const TrackerOptions& options);
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  /// First step of a look-up ahead: hashes, and asks for the slot.
  void prepare(Arrival& arrival) const noexcept {
    arrival.tag = SlotTable::tag(hash_(arrival.facts.key));
    slots_.prefetch(arrival.tag);
  }
  /// Second step: guesses the record, and asks for it.
  void guess(Arrival& arrival) const noexcept {
    arrival.guess = slots_.find(arrival.tag, [](std::uint32_t) { return true; });
    if (arrival.guess != SlotTable::none) records_.prefetch(arrival.guess, arrival.facts.side);
  }
  /// Counts a prepared packet, after ending what was due before it.
  void count(const Arrival& arrival);

  /// Lets time pass; ends what is due. Times before the present are ignored.
  void advance(Timestamp now) {
    if (now > now_) now_ = now;
    if (to_ticks(now_) >= next_due_) end_due();
  }

  /// Ends every flow, oldest last use first.
  void finish();

  /// Packets that are in the counters of a flow.
  [[nodiscard]] std::uint64_t counted() const noexcept { return counted_; }
  [[nodiscard]] std::uint64_t started() const noexcept { return started_; }
  [[nodiscard]] std::uint64_t ended() const noexcept { return ended_; }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }
  [[nodiscard]] std::size_t size() const noexcept { return started_ - ended_; }
  [[nodiscard]] std::size_t memory() const noexcept {
    return sizeof(*this) + slots_.memory() + records_.memory();
  }

 private:
  class Finish;

  [[nodiscard]] std::uint32_t find(const Arrival& arrival) const noexcept;
  [[nodiscard]] std::uint32_t start(const Arrival& arrival);
  void end(std::uint32_t index, EndReason reason);
  void take_out(std::uint32_t index) noexcept;
  void end_due();
  void file_deadline(std::uint32_t index) noexcept;

  Observer& observer_;
  KeyHash hash_;
  Timeouts timeouts_;
  std::size_t max_flows_;
  Timestamp now_ = Timestamp::min();
  /// Nothing is due before this.
  Ticks next_due_ = never;
  SlotTable slots_;
  RecordSlab records_;
  TimerWheel<ByUse> by_use_;
  TimerWheel<ByDeadline> by_deadline_;
  std::uint64_t counted_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::flow
