// Sends frames that were never held as if they had been.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "gate/attach/port.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/fate.h"
#include "gate/reinject/outbox.h"
#include "sys/departure.h"
#include "weir/bytes.h"
#include "weir/gate/counters.h"
#include "weir/packet.h"

namespace weir::gate {

/// By any thread.
class Injector {
 public:
  /// `place`: tag::place() of the gate. `inward` sends what goes in: the helper adapter.
  Injector(std::uint64_t place, const sys::DepartureLimits& limits,
           std::shared_ptr<const Port> inward);

  /// Byte by byte; `direction` is known. False if it is no frame of the adapter, or the kernel has
  /// not taken it.
  bool send(Bytes frame, const Port& port, Direction direction) noexcept;
  /// What the kernel took.
  [[nodiscard]] Tally sent() const noexcept;

 private:
  std::mutex mutex_{};
  BufferPool buffers_{};
  HeldCounts counts_{};
  Outbox outbox_;
};

}  // namespace weir::gate
