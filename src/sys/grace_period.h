// Waits until every processor has left the kernel code it was in.
#pragma once

namespace weir::sys {

/// After it returns true, what the kernel began before the call and does without sleeping (taking
/// in a packet, for one) has ended: an RCU grace period, some milliseconds. False where the kernel
/// does not offer it (membarrier(2)).
[[nodiscard]] bool wait_for_grace_period() noexcept;

}  // namespace weir::sys
