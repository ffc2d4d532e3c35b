// What the gate counts, and the sums that hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/gate/rule.h"
#include "weir/packet.h"

namespace weir::gate {

/// Of one adapter in one direction, counted since the gate came to it, in the kernel but for
/// held_dropped: seen = fates().
struct AdapterCounters {
  /// Its name when the gate came to it. Empty for all those together that were left long ago and
  /// were too many to be told apart (more than 1,024).
  std::string adapter{};
  std::uint32_t index = 0;
  Direction direction = Direction::unknown;
  /// What came along but for reinjected and foreign.
  Tally seen{};
  // One of these for each packet seen.
  Tally unmatched{};     ///< no rule matched; goes on
  Tally passed{};        ///< by a rule
  Tally dropped{};       ///< by a rule
  Tally notified{};      ///< copied to the handler, and goes on
  Tally not_notified{};  ///< no room for the copy; goes on
  Tally held{};          ///< frames put into the ring
  Tally segmented{};     ///< frames held segment by segment: see GateCounters::segments
  Tally flow_passed{};   ///< by the verdict on an earlier packet of its flow
  Tally flow_dropped{};  ///< the same
  Tally full_passed{};   ///< Policies::ring_full
  Tally full_dropped{};  ///< the same
  Tally hang_passed{};   ///< Policies::hang
  Tally hang_dropped{};  ///< the same
  Tally unreadable{};    ///< the kernel gave no bytes of it; goes on
  // Beside them.
  Tally reinjected{};  ///< what this gate sent on or injected, on its way out of the gate
  Tally foreign{};     ///< what a gate further on sent on: passed untouched
  /// Of what was held here, packets that went no further: by a verdict, or for want of one. Over
  /// all adapters as many as HeldCounters has as dropped and *_dropped.
  Tally held_dropped{};

  [[nodiscard]] WEIR_API Tally fates() const noexcept;
  bool operator==(const AdapterCounters&) const = default;
};

/// Of the packets that were held, over all adapters, counted in the process:
/// arrived = sum of AdapterCounters::held + segments - strays (once the ring is empty), and
/// arrived = accepted + modified + dropped + expired_passed + expired_dropped + undecided_passed +
/// undecided_dropped + exception_passed + exception_dropped + full_passed + full_dropped +
/// too_long_passed + too_long_dropped + ruled_passed + waiting.
struct HeldCounters {
  Tally arrived{};
  Tally accepted{};
  Tally modified{};
  Tally dropped{};
  Tally expired_passed{};
  Tally expired_dropped{};
  Tally undecided_passed{};
  Tally undecided_dropped{};
  Tally exception_passed{};
  Tally exception_dropped{};
  /// No room for one more held packet (GateOptions::most_held, most_held_bytes).
  Tally full_passed{};
  Tally full_dropped{};
  /// Modified beyond what the adapter takes.
  Tally too_long_passed{};
  Tally too_long_dropped{};
  /// Judged in user space (RuleStatus::in_user_space) and not matched, or by the rule's changes.
  Tally ruled_passed{};
  /// Undecided now.
  Tally waiting{};
  // Beside them.
  /// Verdicts on packets that had been decided before.
  std::uint64_t late_verdicts = 0;
  /// Of those that were to go on: what the kernel took, and what it refused (adapter down or gone,
  /// no room). Frames beyond 64 KB leave as several, each counted; segments that follow each other,
  /// accepted as they came, as one, which the kernel cuts into the same packets again.
  Tally sent{};
  Tally send_failed{};

  [[nodiscard]] WEIR_API Tally decided() const noexcept;
};

/// Of rules with changes. Packets that come back are of flows whose destination was changed.
struct ChangeCounters {
  /// Held by a rule with changes, and changed.
  std::uint64_t changed = 0;
  /// The same, but there was nothing to change, or it could not be.
  std::uint64_t unchanged = 0;
  /// Given the original destination of their flow as their source again.
  std::uint64_t restored = 0;
  /// Flows that had to make room for others before they ended: what comes back of them goes on as
  /// it is.
  std::uint64_t flows_evicted = 0;
};

struct GateCounters {
  std::vector<AdapterCounters> adapters{};
  HeldCounters held{};
  /// Segments that frames held segment by segment came to.
  Tally segments{};
  /// Of those, lost for want of room in the ring; Policies::ring_full cannot pass them.
  Tally segments_lost{};
  /// Copies handed to the handler; of those AdapterCounters::notified.
  std::uint64_t notices = 0;
  /// Frames and segments held of an adapter or a rule that nobody knew any more: dropped. They are
  /// no part of HeldCounters::arrived.
  std::uint64_t strays = 0;
  /// By Gate::inject(), what the kernel took; no part of HeldCounters::sent.
  Tally injected{};
  ChangeCounters changes{};
};

/// A flow that a verdict decided about (RestOfFlow::same).
struct FlowVerdict {
  std::uint32_t adapter = 0;
  std::uint8_t protocol = 0;
  /// As the packet with the verdict had them.
  IpAddress source{};
  IpAddress destination{};
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  bool passes = false;
  /// What followed, of both directions.
  Tally decided{};
};

}  // namespace weir::gate
