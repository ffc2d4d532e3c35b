// Packets that go on, until they leave together: one sendmmsg(2) per adapter and direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "gate/attach/port.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/fate.h"
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
  /// Whether the handler's bytes are to stay as they are: no checksum is finished then.
  bool edited = false;
  /// The kernel is to fill in the transport's checksum.
  bool repaired = false;
};

/// One thread at a time.
class Outbox {
 public:
  struct Options {
    /// tag::place() of the gate.
    std::uint64_t place = 0;
    std::uint16_t tcp_growth = 0;
  };
  Outbox(const Options& options, std::shared_ptr<const Port> inward, BufferPool& buffers,
         HeldCounts& counts);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox();

  /// `slot`, if any, is told when its packet has left (Slot). Sends what is there first where there
  /// is no room.
  void add(const Leaving& leaving, Slot* slot) noexcept;
  void flush() noexcept;

 private:
  Options options_;
  std::shared_ptr<const Port> inward_;
  BufferPool* buffers_;
  HeldCounts* counts_;
};

}  // namespace weir::gate
