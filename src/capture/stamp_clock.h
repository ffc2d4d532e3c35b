// The clock that stamps an adapter's packets: the machine's, or one of the adapter's own.
#pragma once

#include <span>

#include "weir/packet.h"

namespace weir::capture {

/// An adapter's clock is not asked: how far it stands from the machine's is known from the packets
/// it stamped. PTP hardware often goes by TAI, tens of seconds ahead, or is set by nobody.
class StampClock {
 public:
  /// Packets just taken.
  void note(std::span<const Packet> packets) noexcept;
  /// Its time when the machine's clock shows `machine`, late by as long as the last packet noted
  /// was on its way. The machine's until an adapter has stamped one.
  [[nodiscard]] Timestamp at(Timestamp machine) const noexcept { return machine + ahead_; }
  /// Whether it is the one that stamped this packet.
  [[nodiscard]] bool has_stamped(const Packet& packet) const noexcept {
    return has(packet.flags, PacketFlags::adapter_clock) == is_adapters_;
  }

 private:
  bool is_adapters_ = false;
  /// Of the machine's clock.
  Duration ahead_{};
};

}  // namespace weir::capture
