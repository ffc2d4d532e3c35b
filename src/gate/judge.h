// Decides about the packets of one thread: by the rule's own changes, or by the handler.
#pragma once

#include <memory>

#include "gate/handling.h"
#include "gate/held/lane.h"
#include "gate/intake.h"
#include "gate/side_work.h"

namespace weir::gate {

/// One thread at a time, in a batch of its lane.
class Judge {
 public:
  Judge(Handling& handling, SideWork& side_work, Lane& lane) noexcept
      : handling_{handling}, side_work_{side_work}, lane_{lane} {}

  /// A packet that has been taken in, and the rule that holds it. Null where it has been decided.
  struct Case {
    Slot* slot = nullptr;
    std::shared_ptr<const RuleEntry> rule{};
  };
  /// Takes it in; what rules of the process let pass or drop is decided here.
  [[nodiscard]] Case hold(const TakenRecord& taken, const View& view) noexcept;
  /// Decides, or the handler takes it away. What has been decided meanwhile is left alone.
  void decide(HeldPacket& packet, const RuleEntry& rule) noexcept;
  /// Its deadline has passed before anybody came to it.
  void expire(const TakenRecord& taken, const View& view, bool passes) noexcept;

 private:
  void hand_over(HeldPacket& packet) noexcept;
  void change(HeldPacket& packet, const RuleEntry& rule) noexcept;

  Handling& handling_;
  SideWork& side_work_;
  Lane& lane_;
};

}  // namespace weir::gate
