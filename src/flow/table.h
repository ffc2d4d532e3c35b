// The flows of a tracker: found by key, ended by time, evicted by worth and use, reported to the
// observer.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "age_list.h"
#include "claims.h"
#include "flow/history/store.h"
#include "flow/measures/flow_rates.h"
#include "flow/measures/reaping.h"
#include "flow/measures/seconds.h"
#include "flow/storage/record_slab.h"
#include "flow/storage/slot_table.h"
#include "held_packets.h"
#include "key_hash.h"
#include "observers.h"
#include "packet_facts.h"
#include "timeouts.h"
#include "timer_wheel.h"
#include "weir/flow/live_flows.h"

namespace weir::flow {

/// A packet on its way into the table.
struct Arrival {
  PacketFacts facts;
  bool has_ip = false;
  bool is_timed = false;
  /// Its time stamp is so far ahead that it is not the present.
  bool is_outlier = false;
  Timestamp timestamp{};
  std::uint32_t tag = 0;
  /// Where its flow probably is; none if it was not there when the batch was looked up.
  std::uint32_t guess = SlotTable::none;
};
static_assert(sizeof(Arrival) == 96, "many are under way at once");

/// Observer callbacks come from count(), advance() and finish(), and what they throw leaves these.
/// By then the flow concerned has been started or has left the table, so the table stays usable.
class Table {
 public:
  Table(Observers& observers, const TrackerOptions& options);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() = default;

  /// Two steps of a look-up ahead: hash the keys and ask for the memory of their slots; guess the
  /// records and ask for theirs.
  void ask_for_slots(std::span<Arrival> arrivals) const noexcept;
  void ask_for_records(std::span<Arrival> arrivals) const noexcept;
  /// Two more, where a history is kept.
  void ask_for_writers(std::span<const Arrival> arrivals) const noexcept;
  void ask_for_units(std::span<const Arrival> arrivals) const noexcept;
  /// Counts a packet that went through all steps, at the present. `extras` are what observers are
  /// told and histories keep; null where nobody asks. `keeps` unless it is known that keeps_more()
  /// is false.
  void count(const Arrival& arrival, const Extras* extras, bool keeps) {
    const std::uint32_t index = find(arrival);
    if (index != SlotTable::none &&
        records_[index].count_plainly(arrival.facts, arrival.timestamp, now_)) [[likely]] {
      ++plain_;
      counted_bytes_ += arrival.facts.wire_length;
      if (keeps) keep(index, arrival);
      if (extras != nullptr) [[unlikely]] {
        remember(index, arrival, extras);
        tell(index, arrival.facts.side, extras);
      }
    } else {
      count_change(index, arrival, extras);
    }
  }

  /// A packet leaves more than what it adds to its flow's record.
  [[nodiscard]] bool keeps_more() const noexcept { return rates_.are_kept(); }

  /// Lets time pass; ends what is due. Times before the present are ignored.
  void advance(Timestamp now) {
    if (now > now_) now_ = now;
    if (to_ticks(now_) >= next_due_) end_due();
  }

  /// The first present there is. Flows there are already, of packets without a time, are of it.
  void begin_time(Timestamp now) noexcept;
  /// The present was wrong and is `now`, which is earlier. Precondition: no packet but one was
  /// counted so far.
  void set_back(Timestamp now) noexcept;

  /// The present; Timestamp::min() before there was any.
  [[nodiscard]] Timestamp now() const noexcept { return now_; }

  /// Ends every flow, oldest last use first.
  void finish();

  /// Of the live flows, between packets, in queries.cpp.
  [[nodiscard]] const Flow* find_live(std::uint8_t protocol, const Endpoint& one,
                                      const Endpoint& other,
                                      std::span<const std::uint16_t> vlans) const noexcept;
  [[nodiscard]] LiveFlows live_flows() const noexcept { return LiveFlows{records_}; }
  [[nodiscard]] std::vector<const Flow*> top(std::size_t count, Order order) const;
  [[nodiscard]] std::optional<Rates> rates(const Flow& flow) const noexcept;

  /// Null, if none is kept.
  [[nodiscard]] const HistoryStore* history() const noexcept { return history_.get(); }
  [[nodiscard]] FlowHistory history_of(const Flow& flow) const;

  /// Packets there was no room for while they waited, or at whose flow's start, or at another that
  /// had waited with them, an observer threw.
  [[nodiscard]] std::uint64_t untold() const noexcept { return untold_; }
  /// Packets that are in the counters of a flow, and their wire lengths.
  [[nodiscard]] std::uint64_t counted() const noexcept { return plain_ + counted_; }
  [[nodiscard]] std::uint64_t counted_bytes() const noexcept { return counted_bytes_; }
  /// Packets that found a record by their key, and that did not.
  [[nodiscard]] std::uint64_t hits() const noexcept { return plain_ + changes_ - misses_; }
  [[nodiscard]] std::uint64_t misses() const noexcept { return misses_; }
  [[nodiscard]] std::uint64_t syn_packets() const noexcept { return syn_packets_; }
  [[nodiscard]] std::uint64_t fin_packets() const noexcept { return fin_packets_; }
  [[nodiscard]] std::optional<Duration> reaping() const noexcept { return reaping_.time(); }
  [[nodiscard]] std::uint64_t started() const noexcept { return started_; }
  [[nodiscard]] std::uint64_t ended() const noexcept { return ended_; }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }
  [[nodiscard]] std::uint64_t evicted_kept() const noexcept { return evicted_kept_; }
  [[nodiscard]] std::size_t size() const noexcept { return started_ - ended_; }
  [[nodiscard]] std::size_t size(std::uint8_t protocol) const noexcept { return live_[protocol]; }
  [[nodiscard]] const std::array<std::uint32_t, 256>& live() const noexcept { return live_; }
  [[nodiscard]] std::size_t memory() const noexcept {
    return sizeof(*this) + slots_.memory() + records_.memory() + by_age_.memory() +
           held_packets_.memory() + rates_.memory() + (history_ ? history_->memory() : 0);
  }

 private:
  class Finish;

  /// What the wheels know of a record.
  struct ByUse {
    RecordSlab* records;
    [[nodiscard]] Links& links(std::uint32_t index) const noexcept { return records->links(index); }
    [[nodiscard]] Ticks key(std::uint32_t index) const noexcept {
      return (*records)[index].last_use();
    }
    [[gnu::always_inline]] void prefetch(std::uint32_t index) const noexcept {
      records->prefetch_all(index);
    }
  };
  using Wheel = TimerWheel<ByUse>;

  [[nodiscard]] std::uint32_t find(const Arrival& arrival) const noexcept;
  /// Of a flow that was handed out; none if it has ended, and is not being told of.
  [[nodiscard]] std::uint32_t index_of(const Flow& flow) const noexcept;
  void count_change(std::uint32_t index, const Arrival& arrival, const Extras* extras);
  void note_flags(const PacketFacts& facts) noexcept;
  void count_late(const FlowRecord& claimant) noexcept;
  void count_first(const Arrival& arrival, const Extras* extras);
  void tell_start(std::uint32_t index, const Extras* extras);
  void tell(std::uint32_t index, std::uint8_t side, const Packet& packet) const;
  void tell(std::uint32_t index, std::uint8_t side, const Extras* extras) const {
    if (extras != nullptr && extras->packet != nullptr) tell(index, side, *extras->packet);
  }
  /// Adds a packet that has been counted to the history of its flow.
  void remember(std::uint32_t index, const Arrival& arrival, const Extras* extras) noexcept;
  /// A packet has been counted in the record.
  void keep(std::uint32_t index, const Arrival& arrival) noexcept {
    if (keeps_more()) [[unlikely]]
      rates_.add(index, arrival.facts, to_ticks(now_));
  }
  /// Another packet may be the first of a flow.
  void keep_first(std::uint32_t index, const Arrival& arrival) noexcept {
    if (keeps_more()) [[unlikely]]
      rates_.begin(index, arrival.facts, to_ticks(now_));
  }
  [[nodiscard]] std::uint32_t start(const Arrival& arrival);
  void reserve_by_index(std::uint32_t index);
  /// A flow, or a part of one, lives from now on.
  void begin(std::uint32_t index, std::uint8_t protocol) noexcept {
    ++started_;
    ++live_[protocol];
    if (timeouts_.active != 0) begin_age(index);
  }
  void count_end(const FlowRecord& flow) noexcept {
    ++ended_;
    --live_[flow.protocol()];
  }
  void begin_age(std::uint32_t index) noexcept;
  void end(std::uint32_t index, EndReason reason);
  void take_out(std::uint32_t index) noexcept;

  // Where flows are filed, and in which order they make room.
  [[nodiscard]] Wheel& wheel_of(std::uint32_t index) noexcept;
  [[nodiscard]] Wheel& open_wheel_of(const FlowRecord& flow) noexcept {
    return flow.is_kept() ? kept_ : young_;
  }
  void file(std::uint32_t index) noexcept;
  void make_room();
  [[nodiscard]] std::uint32_t first_of(Wheel& first, Wheel& second, Ticks limit) noexcept;
  [[nodiscard]] std::uint32_t oldest_young(Ticks now) noexcept;

  // Timeouts.
  void end_due();
  void end_all_due();
  void end_silent();
  void end_aged();
  void end_by_time(std::uint32_t index);
  void cut(std::uint32_t index);
  [[nodiscard]] Ticks created(std::uint32_t index) const noexcept;

  // Two connections on the same ports, in contest.cpp.
  static constexpr std::uint32_t held = 0xfffffffe;
  [[nodiscard]] std::uint32_t decide(std::uint32_t index, const Arrival& arrival,
                                     const Extras* extras);
  [[nodiscard]] std::uint32_t contest(std::uint32_t index, const Arrival& arrival,
                                      const Extras* extras, bool is_refused);
  void hold(std::uint64_t claimant, const Arrival& arrival, const Extras* extras);
  /// Observers are handed what waited with the claimant, as packets of flow `index`.
  void tell_held(std::uint64_t claimant, std::uint32_t index);
  /// What still waits with a claimant at the end of a scope, as an observer has thrown, is untold.
  class Forget {
   public:
    Forget(Table& table, std::uint64_t claimant) noexcept : table_{table}, claimant_{claimant} {}
    Forget(const Forget&) = delete;
    Forget& operator=(const Forget&) = delete;
    ~Forget() { table_.untold_ += table_.held_packets_.drop(claimant_); }

   private:
    Table& table_;
    std::uint64_t claimant_;
  };
  void refuse(std::uint32_t owner);
  [[nodiscard]] std::uint32_t withdraw(std::uint32_t owner) noexcept;
  void adopt(std::uint32_t claimant);
  void decide_all();

  Observers& observers_;
  KeyHash hash_;
  Timeouts timeouts_;
  bool unidirectional_;
  std::size_t max_flows_;
  Timestamp now_ = Timestamp::min();
  /// Nothing is due before this.
  Ticks next_due_ = never;
  SlotTable slots_;
  RecordSlab records_;
  /// Each flow is in one of these three, by its last use: those that have not shown yet, or not
  /// been asked, whether they are worth keeping; those that have; and connections that are over and
  /// wait for the fin timeout.
  Wheel young_;
  Wheel kept_;
  Wheel over_;
  std::size_t kept_count_ = 0;
  Claims claims_;
  HeldPackets held_packets_;
  /// Kept only with an active timeout.
  AgeList by_age_;
  /// Made only where fields are asked for.
  std::unique_ptr<HistoryStore> history_;
  /// Packets that changed nothing but counts, and all others that were counted.
  std::uint64_t plain_ = 0;
  std::uint64_t counted_ = 0;
  std::uint64_t counted_bytes_ = 0;
  /// Packets that might have changed more; that found no record.
  std::uint64_t changes_ = 0;
  std::uint64_t misses_ = 0;
  std::uint64_t syn_packets_ = 0;
  std::uint64_t fin_packets_ = 0;
  std::uint64_t untold_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t ended_ = 0;
  /// Started and not ended, by protocol.
  std::array<std::uint32_t, 256> live_{};
  std::uint64_t evicted_ = 0;
  std::uint64_t evicted_kept_ = 0;
  FlowRates rates_;
  /// There is more to a record than the slab has.
  bool keeps_by_index_;
  /// The record of the flow that has ended last.
  std::uint32_t ended_record_ = SlotTable::none;
  Reaping reaping_;
  Seconds seconds_;
};

}  // namespace weir::flow
