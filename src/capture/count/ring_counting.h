// Counts in user space what the kernel puts into a ring, one byte of each packet.
#pragma once

#include <chrono>
#include <vector>

#include "capture/block_walk.h"
#include "capture/count/counted_adapter.h"
#include "capture/count/counting.h"
#include "sys/packet_ring.h"

namespace weir::capture {

class RingCounting final : public Counting {
 public:
  /// `adapter` outlives it. Throws SystemError, Error (invalid_argument) for the size of the ring.
  RingCounting(const CountedAdapter& adapter, const CounterOptions& options);

  [[nodiscard]] Counts read(bool adapter_here) override;
  void change(const filter::Filter& filter, Traffic traffic) override;

 private:
  /// Gives the kernel its part of a filter: what it decides on comes as one byte, but for packets
  /// with a tag, the rest whole. Throws SystemError.
  void attach(const filter::Filter& filter, Traffic traffic) const;
  void count_blocks() noexcept;
  [[nodiscard]] bool drained() noexcept;

  const CountedAdapter& adapter_;
  filter::Filter filter_;
  sys::PacketRing ring_;
  std::vector<Packet> packets_;
  Counts counts_{.dropped = 0};
  std::optional<std::chrono::steady_clock::time_point> leaving_since_{};
};

}  // namespace weir::capture
