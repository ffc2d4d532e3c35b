// One held packet: where its bytes are, whether it is decided, and who sends it on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gate/attach/port.h"
#include "gate/held/buffer_pool.h"
#include "gate/held/fate.h"
#include "gate/kernel/layout.h"
#include "weir/bytes.h"
#include "weir/gate/held_packet.h"
#include "weir/packet.h"

namespace weir::gate {

class HoldTable;
class Lane;

/// The id of a rule.
using RuleName = std::shared_ptr<const std::string>;

/// A packet as it comes out of the ring. What it borrows stays until the lane's batch is over.
struct Arrival {
  const Record& record;
  /// Whole.
  Bytes frame;
  const RuleName& rule;
  const std::shared_ptr<const Port>& port;
  /// As GateOptions::snapshot_length.
  std::uint32_t snapshot_length = 0;
};

/// A place in the HoldTable. Its owner is whoever has the HeldPacket, one thread at a time; beside
/// it only the clock's thread looks at it, through state_. Not used again as long as the HeldPacket
/// lives or its bytes are on their way out.
class Slot {
 public:
  using State = std::int64_t;
  // Decided, from here down; above: CLOCK_MONOTONIC, when it expires. An odd one but `for_ever`:
  // the packet goes on then, by its rule; nobody owns it any more.
  static constexpr State settled = 0;     ///< nobody sends it
  static constexpr State leaving = -1;    ///< in the outbox of a lane
  static constexpr State expiring = -2;   ///< in that of the clock
  static constexpr State abandoned = -3;  ///< on its way out, and without an owner
  static constexpr State for_ever = INT64_MAX;

  Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() = default;

  /// The one handle of a packet that Lane::hold() has taken in.
  [[nodiscard]] static HeldPacket handle(Slot& slot) noexcept { return HeldPacket{slot}; }

  // Verdicts that the gate itself gives. Late ones are counted as any.

  /// The handler threw: decides by Policies::exception what is undecided, if it has not been moved
  /// away.
  static void decide_after_exception(HeldPacket& packet) noexcept;
  /// Goes on by its rule, as it came or as edited, whose checksums Editor has kept right.
  static VerdictResult pass_by_rule(HeldPacket& packet, bool edited) noexcept;
  /// The same that much later. `packet` has nothing afterwards.
  static void pass_by_rule_later(HeldPacket&& packet, bool edited, Duration delay) noexcept;

  /// Makes it independent of its batch; what a handler moves away is. Its owner's.
  void keep() noexcept;

 private:
  friend class HeldPacket;
  friend class HoldTable;
  friend class Lane;
};

}  // namespace weir::gate
