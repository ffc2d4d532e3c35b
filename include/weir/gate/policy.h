// What happens to packets that the gate cannot decide about in time.
#pragma once

#include <cstdint>

namespace weir::gate {

enum class Policy : std::uint8_t {
  open,    ///< the packet goes on as it came
  closed,  ///< the packet is dropped
};

/// One decision for each way in which a packet can miss its verdict. docs/gate.md has the table.
struct Policies {
  /// No room in the ring, or for one more held packet; frames longer than can be held, too.
  Policy ring_full = Policy::open;
  /// The packet's deadline passed.
  Policy deadline = Policy::open;
  /// The process has given no sign of life for GateOptions::hang_limit.
  Policy hang = Policy::open;
  /// The process is dying; closed holds until the kernel has taken the gate away, then all pass.
  Policy death = Policy::open;
  /// The handler threw.
  Policy exception = Policy::open;
  /// A HeldPacket was destroyed undecided.
  Policy undecided = Policy::open;
  /// A modified packet is longer than its adapter takes: open sends the original instead.
  Policy too_long = Policy::closed;

  /// The same for all but too_long, which stays closed.
  [[nodiscard]] static constexpr Policies all(Policy policy) noexcept {
    return {policy, policy, policy, policy, policy, policy, Policy::closed};
  }
};

}  // namespace weir::gate
