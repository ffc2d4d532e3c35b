// From a record to its verdict.
#include "gate/judge.h"

#include <algorithm>
#include <utility>

namespace weir::gate {
namespace {

/// At once, and nobody is shown it.
constexpr bool goes_on(Action action) noexcept {
  return action == Action::pass || action == Action::accept;
}

/// The rule that decides where the kernel could not tell; null if none does.
std::shared_ptr<const RuleEntry> judged_here(const TakenRecord& taken, const View& view,
                                             const std::shared_ptr<const RuleEntry>& rule,
                                             Changes& changes) noexcept {
  const Packet packet = packet_of(taken);
  const auto place = std::ranges::find(view.asked, rule);
  auto from = static_cast<std::size_t>(place - view.asked.begin());
  // A rule that is gone by now: those in force decide.
  if (place == view.asked.end()) from = 0;
  for (;;) {
    const auto found = view.evaluator.decide(packet, taken.record.segment_size, from);
    if (!found) return nullptr;
    const auto& decides = view.asked[*found];
    if (!decides->is_answers || changes.is_answer(packet, monotonic_now())) return decides;
    from = *found + 1;
  }
}

}  // namespace

Judge::Case Judge::hold(const TakenRecord& taken, const View& view) noexcept {
  const auto* rule = view.rule_of(taken.record);
  const auto adapter = view.adapters.find(taken.record.adapter);
  if (rule == nullptr || adapter == view.adapters.end()) {
    ++handling_.strays;
    return {};
  }
  std::shared_ptr<const RuleEntry> decides = *rule;
  if (decides->in_user_space || decides->is_answers) {
    decides = judged_here(taken, view, *rule, handling_.changes);
  }
  const bool is_shown = decides != nullptr && !decides->is_ours();
  const Arrival arrival{.record = taken.record,
                        .frame = taken.frame,
                        .rule = decides != nullptr ? decides->id : (*rule)->id,
                        .port = adapter->second.port,
                        .snapshot_length = is_shown ? adapter->second.snapshot_length : 0};
  if (decides != nullptr && (decides != *rule || decides->in_user_space)) {
    decides->hit(taken.frame.size());
  }
  if (decides == nullptr || goes_on(decides->rule.action)) {
    lane_.decide(arrival, Fate::ruled_passed);
    return {};
  }
  if (decides->rule.action == Action::drop) {
    if (decides->rule.shown) side_work_.show(taken, decides->id);
    lane_.decide(arrival, Fate::dropped);
    return {};
  }
  if (decides->rule.action == Action::notify) {
    side_work_.show(taken, decides->id);
    lane_.decide(arrival, Fate::ruled_passed);
    return {};
  }
  Slot* const slot = lane_.hold(arrival);
  return {slot, std::move(decides)};
}

void Judge::decide(HeldPacket& packet, const RuleEntry& rule) noexcept {
  if (packet.is_decided()) return;
  if (rule.is_ours()) {
    change(packet, rule);
  } else {
    hand_over(packet);
  }
  lane_.flush_if_late();
}

void Judge::expire(const TakenRecord& taken, const View& view, bool passes) noexcept {
  const auto* rule = view.rule_of(taken.record);
  const auto adapter = view.adapters.find(taken.record.adapter);
  if (rule == nullptr || adapter == view.adapters.end()) {
    ++handling_.strays;
    return;
  }
  lane_.decide({.record = taken.record,
                .frame = taken.frame,
                .rule = (*rule)->id,
                .port = adapter->second.port},
               passes ? Fate::expired_passed : Fate::expired_dropped);
}

void Judge::hand_over(HeldPacket& packet) noexcept {
  if (!handling_.handlers.on_held) {
    packet.accept();
    return;
  }
  try {
    const InHandler here;
    handling_.handlers.on_held(packet);
  } catch (...) {
    Slot::decide_after_exception(packet);
    handling_.report(GateError::Where::handler, "handler: " + thrown_words());
  }
}

void Judge::change(HeldPacket& packet, const RuleEntry& rule) noexcept {
  if (rule.rule.shown) side_work_.show(packet.packet(), rule.id);
  const MutableBytes bytes = packet.edit(0);
  const std::uint64_t now = monotonic_now();
  const bool edited =
      !bytes.empty() &&
      (rule.is_answers ? handling_.changes.restore(bytes, packet.packet(), now)
                       : handling_.changes.make(rule.rule.changes, bytes, packet.packet(), now));
  if (rule.rule.delay > Duration::zero()) {
    Slot::pass_by_rule_later(std::move(packet), edited, rule.rule.delay);
  } else {
    Slot::pass_by_rule(packet, edited);
  }
}

}  // namespace weir::gate
