// Packets and bytes per protocol.
#include "weir/info/protocol_counts.h"

namespace weir::info {

using wire::ChecksumVerdict;

ProtocolCounts::Protocols ProtocolCounts::protocols() const noexcept {
  Protocols sum = spilled_;
  for (const Slot& slot : slots_) spread(slot, sum);
  return sum;
}

ProtocolCounts::Reasons ProtocolCounts::stopped() const noexcept {
  Reasons reasons = reasons_;
  std::uint64_t& payload = reasons[static_cast<std::size_t>(wire::StopReason::payload)];
  payload = spilled_packets_;
  for (const Slot& slot : slots_) payload += slot.count.packets;
  for (const std::uint64_t packets : reasons_) payload -= packets;
  return reasons;
}

void ChecksumCounts::add(const wire::Layers& layers,
                         const wire::ChecksumVerdicts& verdicts) noexcept {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    Count& count = counts_[static_cast<std::size_t>(layers[i].protocol)];
    switch (verdicts[i]) {
      case ChecksumVerdict::none:
        break;
      case ChecksumVerdict::good:
        ++count.good;
        break;
      case ChecksumVerdict::bad:
        ++count.bad;
        break;
      case ChecksumVerdict::unverified:
      case ChecksumVerdict::not_present:
        ++count.unverified;
        break;
    }
  }
}

}  // namespace weir::info
