// What one thread has to hold packets and send them on: free slots, an outbox, counts.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "gate/held/fate.h"
#include "gate/held/slot.h"
#include "gate/reinject/outbox.h"

namespace weir::gate {

/// One thread at a time. Verdicts given in its batches leave together.
class Lane {
 public:
  explicit Lane(HoldTable& table);
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane() = default;

  /// Takes a packet in; in a batch. Null where there is no room: Policies::ring_full has decided
  /// then. Slot::handle() makes a HeldPacket of it, once. Allocates only where more are held than
  /// ever before.
  [[nodiscard]] Slot* hold(const Arrival& arrival) noexcept;
  /// Decides about a packet without holding it, as HeldCounters::ruled_passed has those that no
  /// rule matches after all. In a batch.
  void decide(const Arrival& arrival, Fate fate) noexcept;
  /// Sends what has been let go so far.
  void flush() noexcept { outbox_.flush(); }
  /// The same, if it has been some milliseconds: what a slow handler has decided about does not
  /// wait for what it has not come to yet.
  void flush_if_late() noexcept {
    if (!is_late_.load(std::memory_order_relaxed)) return;
    is_late_.store(false, std::memory_order_relaxed);
    flush();
  }

  /// From before the first hold() of some records until just before their room in the ring is given
  /// back: makes the lane that of this thread. Every HeldPacket of the batch has been destroyed or
  /// moved away when it ends. Flushes.
  class Batch {
   public:
    explicit Batch(Lane& lane) noexcept : lane_{&lane}, before_{current} { current = lane_; }
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch() {
      lane_->flush();
      current = before_;
    }

   private:
    Lane* lane_;
    Lane* before_;
  };

 private:
  friend class HoldTable;
  friend class Slot;

  /// Null outside of batches.
  [[nodiscard]] static Lane* of_this_thread() noexcept { return current; }
  [[nodiscard]] Slot* free_slot() noexcept;
  void free(Slot& slot) noexcept;
  /// A packet that came by `port`.
  void count(Fate fate, const Port& port, bool outgoing, std::size_t bytes) noexcept {
    counts_.decide(fate, bytes);
    if (!goes_on(fate)) port.drops()->add(outgoing, bytes);
  }

  static constinit thread_local Lane* current;

  HoldTable* table_;
  HeldCounts counts_{};
  Outbox outbox_;
  /// Set by the clock.
  std::atomic<bool> is_late_{false};
  /// Taken from the table and given back to it some at a time.
  std::vector<Slot*> free_{};
};

}  // namespace weir::gate
