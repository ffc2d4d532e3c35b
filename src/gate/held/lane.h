// What one thread has to hold packets and send them on: free slots, an outbox, counts.
#pragma once

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
  ~Lane();

  /// Takes a packet in; in a batch. Null where there is no room: Policies::ring_full has decided
  /// then. Slot::handle() makes a HeldPacket of it, once. Allocates only where more are held than
  /// ever before.
  [[nodiscard]] Slot* hold(const Arrival& arrival) noexcept;
  /// Decides about a packet without holding it: Policies::exception where there is no handler's
  /// verdict to be had, HeldCounters::ruled_passed for what its rule lets pass.
  void decide(const Arrival& arrival, Fate fate) noexcept;
  /// Sends what has been let go so far.
  void flush() noexcept { outbox_.flush(); }

  /// From before the first hold() of some records until just before their room in the ring is given
  /// back: makes the lane that of this thread. Every HeldPacket of the batch has been destroyed or
  /// moved away when it ends. Flushes.
  class Batch {
   public:
    explicit Batch(Lane& lane) noexcept;
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch();

   private:
    Lane* lane_;
    Lane* before_;
  };

 private:
  friend class HoldTable;
  friend class Slot;

  HoldTable* table_;
  HeldCounts counts_{};
  Outbox outbox_;
  std::vector<Slot*> free_{};
};

}  // namespace weir::gate
