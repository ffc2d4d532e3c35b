// The difference between the last packet's time stamp and the time it was taken at.
#include "capture/stamp_clock.h"

namespace weir::capture {

void StampClock::note(std::span<const Packet> packets) noexcept {
  if (packets.empty()) return;
  const Packet& newest = packets.back();
  is_adapters_ = has(newest.flags, PacketFlags::adapter_clock);
  ahead_ = is_adapters_ ? newest.timestamp - wall_clock() : Duration::zero();
}

}  // namespace weir::capture
