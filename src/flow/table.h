// The flows of a tracker: found by key, ended by time, evicted by use, reported to the observer.
#pragma once

#include <span>

#include "age_list.h"
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
class Table {
 public:
  Table(Observer& observer, const TrackerOptions& options);
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  ~Table() = default;

  /// Two steps of a look-up ahead: hash the keys and ask for the memory of their slots; guess the
  /// records and ask for theirs.
  void ask_for_slots(std::span<Arrival> arrivals) const noexcept;
  void ask_for_records(std::span<Arrival> arrivals) const noexcept;
  /// Counts a packet that went through both steps, at the present, which is not before its time
  /// stamp.
  void count(const Arrival& arrival);

  /// Lets time pass; ends what is due. Times before the present are ignored.
  void advance(Timestamp now) {
    if (now > now_) now_ = now;
    if (to_ticks(now_) >= next_due_) end_due();
  }

  /// The present; Timestamp::min() before there was any.
  [[nodiscard]] Timestamp now() const noexcept { return now_; }

  /// Ends every flow, oldest last use first.
  void finish();

  /// Packets that are in the counters of a flow.
  [[nodiscard]] std::uint64_t counted() const noexcept { return counted_; }
  [[nodiscard]] std::uint64_t started() const noexcept { return started_; }
  [[nodiscard]] std::uint64_t ended() const noexcept { return ended_; }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }
  [[nodiscard]] std::size_t size() const noexcept { return started_ - ended_; }
  [[nodiscard]] std::size_t memory() const noexcept {
    return sizeof(*this) + slots_.memory() + records_.memory() + by_age_.memory();
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
  [[nodiscard]] std::uint32_t start(const Arrival& arrival);
  void file(std::uint32_t index) noexcept;
  void end(std::uint32_t index, EndReason reason);
  void evict();
  void take_out(std::uint32_t index) noexcept;
  void end_due();
  void end_silent(Wheel& wheel, Ticks silence);
  void end_aged();
  /// A connection that is over waits for the fin timeout, in a wheel of its own.
  [[nodiscard]] bool waits_for_fin(std::uint32_t index) const noexcept {
    return timeouts_.fin != 0 && is_over(records_[index].tcp_state());
  }

  Observer& observer_;
  KeyHash hash_;
  Timeouts timeouts_;
  std::size_t max_flows_;
  Timestamp now_ = Timestamp::min();
  /// Nothing is due before this.
  Ticks next_due_ = never;
  SlotTable slots_;
  RecordSlab records_;
  /// Each flow is in one of these two, by its last use.
  Wheel open_;
  Wheel over_;
  /// Kept only with an active timeout.
  AgeList by_age_;
  std::uint64_t counted_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t ended_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::flow
