// Frames that leave by one socket together, and what becomes of those the kernel refuses.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "gate/attach/port.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/fate.h"
#include "sys/departure.h"
#include "sys/send_batch.h"
#include "weir/bytes.h"

namespace weir::gate {

class Slot;

/// How one frame is to be sent. What it borrows stays until it has been.
struct Parcel {
  Bytes frame{};
  /// An EtherType; see SendBatch::add().
  std::uint16_t protocol = 0;
  bool is_offloaded = false;
  sys::Offload offload{};
  sys::Departure departure{};
  /// Bytes as they are counted.
  std::size_t size = 0;
  /// What the frame lies in, if it is the queue's to give back.
  Buffer memory{};
  /// Is told that it has left.
  Slot* slot = nullptr;
};

/// One thread at a time. Allocates when it is made, not afterwards.
class DepartureQueue {
 public:
  DepartureQueue(const SenderOf& sender, const sys::DepartureLimits& limits);

  /// What its socket is for.
  [[nodiscard]] const SenderOf& sender() const noexcept { return sender_; }
  [[nodiscard]] bool is_empty() const noexcept { return batch_.size() == 0; }
  [[nodiscard]] bool is_full() const noexcept { return batch_.full(); }
  /// Precondition: not is_full().
  void add(Parcel&& parcel) noexcept;
  /// By a socket of the port, the adapter's. Waits for room, but not for long.
  void flush(const Port& port, HeldCounts& counts) noexcept;

 private:
  class Patience;
  /// What has to be kept of a parcel.
  struct Sending {
    std::size_t size = 0;
    Buffer memory{};
    Slot* slot = nullptr;
  };

  SenderOf sender_;
  sys::SendBatch batch_;
  std::unique_ptr<std::array<Sending, sys::SendBatch::capacity>> sending_;
};

}  // namespace weir::gate
