// Packets that go on, until they leave together: one sendmmsg(2) per adapter and direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gate/attach/port.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/fate.h"
#include "gate/reinject/departure_queue.h"
#include "gate/reinject/outline.h"
#include "gate/reinject/train.h"
#include "weir/bytes.h"

namespace weir::gate {

class Slot;

/// A packet that goes on. What it borrows stays until it has been sent.
struct Leaving {
  Bytes frame{};
  const Port* port = nullptr;
  std::uint32_t mark = 0;
  std::uint32_t priority = 0;
  /// As Record::segment_size.
  std::uint32_t segment_size = 0;
  bool outgoing = false;
  /// The checksum of a single packet is as it is to leave.
  bool is_finished = false;
  /// The kernel has cut it, and nobody has changed it.
  bool is_segment = false;
};

/// One thread at a time. Allocates for adapters it has not sent on before.
class Outbox {
 public:
  struct Options {
    /// tag::place() of the gate.
    std::uint64_t place = 0;
    /// As GateOptions has it.
    std::uint16_t tcp_growth = 0;
    sys::DepartureLimits limits{};
  };
  /// `inward` sends what goes in: the helper adapter.
  Outbox(const Options& options, std::shared_ptr<const Port> inward, BufferPool& buffers,
         HeldCounts& counts);

  /// `slot`, if any, is told when its packet has left (Slot::leave). Sends what is there first
  /// where there is no room.
  void add(const Leaving& leaving, Slot* slot) noexcept;
  void flush() noexcept;

 private:
  /// An adapter's queue, or one of those with a mark. The port is that of the packets in it.
  struct Exit {
    DepartureQueue queue;
    const Port* port;
  };
  /// Those that follow each other leave together. False for what cannot.
  bool add_to_train(const Leaving& leaving, const Parcel& parcel, const Outline& outline) noexcept;
  void send_train() noexcept;
  void add_single(const Leaving& leaving, Parcel&& parcel, const Outline& outline) noexcept;
  void add_segments(const Leaving& leaving, Parcel&& parcel, const Transport& tcp) noexcept;
  void add_split(const Leaving& leaving, Parcel&& parcel, const Transport& tcp) noexcept;
  void put(const Leaving& leaving, Parcel&& parcel) noexcept;
  /// Gives the parcel a copy of its frame to change, `headroom` bytes into its memory. Empty where
  /// there is no memory.
  [[nodiscard]] MutableBytes copy(Parcel& parcel, std::size_t headroom = 0) noexcept;
  /// There is no memory to send it from.
  void lose(const Parcel& parcel) noexcept;
  /// With the mark and the priority that the packet cannot be given by itself.
  [[nodiscard]] SenderOf sender_for(const Port& port, const Leaving& leaving) const noexcept;
  [[nodiscard]] Exit* exit_by(const Port& port, const SenderOf& sender) noexcept;

  Options options_;
  std::shared_ptr<const Port> inward_;
  BufferPool* buffers_;
  HeldCounts* counts_;
  Train train_;
  /// Of its segments: where they go.
  Leaving train_leaving_{};
  std::vector<Exit> exits_{};
  /// The exit that was used last.
  std::size_t last_ = 0;
};

}  // namespace weir::gate
