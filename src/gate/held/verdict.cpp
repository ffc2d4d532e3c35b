// Slot: who decides about the packet, and how it goes on.
#include <chrono>
#include <utility>

#include "gate/held/hold_table.h"
#include "gate/held/slot.h"
#include "gate/reinject/longest.h"
#include "gate/reinject/outline.h"
#include "gate/reinject/repair.h"

namespace weir::gate {
namespace {

/// CLOCK_MONOTONIC, as libstdc++ has it.
std::int64_t now() noexcept {
  return std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

}  // namespace

bool Slot::take(State next) noexcept {
  State seen = state_->load(std::memory_order_relaxed);
  while (seen > 0) {
    if (state_->compare_exchange_weak(seen, next)) return true;
  }
  return false;
}

bool Slot::try_to_decide(Fate fate, Form form, RestOfFlow rest) noexcept {
  return table_->with_lane([&](Lane& lane) {
    if (!take(leaving)) return false;
    lane.count(fate, *port_, outgoing_, length_);
    if (rest == RestOfFlow::same) table_->decide_flow(original(), *port_, form != Form::none);
    if (form != Form::none) {
      lane_ = &lane;
      is_sealed_ = form == Form::edited;
      lane.outbox_.add(leaving_as(form), this);
    } else {
      // Whoever waits for the last verdict may take the gate away from now on.
      state_->store(settled, std::memory_order_release);
    }
    return true;
  });
}

VerdictResult Slot::decide(Fate fate, Form form, RestOfFlow rest) noexcept {
  if (try_to_decide(fate, form, rest)) return VerdictResult::taken;
  table_->with_lane([](Lane& lane) { lane.counts_.decide_late(); });
  return VerdictResult::late;
}

void Slot::decide_by(Policy policy, Fate passed, Fate dropped) noexcept {
  if (policy == Policy::open) {
    static_cast<void>(try_to_decide(passed, Form::original, RestOfFlow::ask));
  } else {
    static_cast<void>(try_to_decide(dropped, Form::none, RestOfFlow::ask));
  }
}

VerdictResult Slot::accept_modified(Repair repair, RestOfFlow rest) noexcept {
  if (is_truncated() && !is_decided()) return VerdictResult::snapped;
  if (!is_edited_ || is_decided()) return decide(Fate::modified, Form::original, rest);
  if (repair == Repair::checksums) {
    const bool is_resized = packet_.data.size() != length_;
    const std::size_t end = ip_offset_.value_or(0) + std::size_t{ip_size_};
    const std::size_t trailer = is_resized || !ip_offset_ ? 0 : length_ - end;
    gate::repair(edited(), port_->link_type(), trailer, segment_size_ != 0);
  }
  if (!is_too_long()) return decide(Fate::modified, Form::edited, rest);
  const VerdictResult result = table_->options_.policies.too_long == Policy::open
                                   ? decide(Fate::too_long_passed, Form::original, RestOfFlow::ask)
                                   : decide(Fate::too_long_dropped, Form::none, RestOfFlow::ask);
  return result == VerdictResult::taken ? VerdictResult::too_long : result;
}

/// Longer headers leave less for the payload of each segment.
std::uint32_t Slot::segment_size_as_edited() const noexcept {
  const Outline now = outline(edited(), port_->link_type(), true);
  const std::uint32_t headers = now.transport ? now.transport->payload - now.transport->network : 0;
  const std::uint32_t growth = headers > headers_ ? headers - headers_ : 0;
  return segment_size_ > growth ? segment_size_ - growth : 0;
}

bool Slot::is_too_long() const noexcept {
  if (segment_size_ != 0) return segment_size_as_edited() == 0;
  const Port& port = outgoing_ || port_->is_loopback() ? *port_ : *table_->inward_;
  // It came that long: with two tags, for one.
  return edited().size() > length_ && gate::is_too_long(edited(), port_->link_type(), port.mtu());
}

Leaving Slot::leaving_as(Form form) const noexcept {
  Leaving packet{.frame = original(),
                 .port = port_,
                 .mark = mark_,
                 .priority = priority_,
                 .segment_size = segment_size_,
                 .outgoing = outgoing_,
                 .is_finished = is_segment_,
                 .is_segment = is_segment_};
  if (form == Form::edited) {
    packet.frame = edited();
    packet.is_finished = true;
    packet.is_segment = false;
    if (segment_size_ != 0) packet.segment_size = segment_size_as_edited();
  }
  return packet;
}

void Slot::decide_for_owner(State seen, Policy policy, Fate passed, Fate dropped,
                            Lane& lane) noexcept {
  const bool by_rule = seen % 2 != 0 && seen != for_ever;
  if (!state_->compare_exchange_strong(seen, by_rule ? abandoned : expiring)) return;
  lane_ = &lane;
  const Fate fate = by_rule ? Fate::ruled_passed : policy == Policy::open ? passed : dropped;
  lane.count(fate, *port_, outgoing_, length_);
  if (goes_on(fate)) {
    lane.outbox_.add(leaving_as(by_rule ? later_ : Form::original), this);
  } else {
    leave();
  }
}

void Slot::leave() noexcept {
  std::atomic<State>& state = *state_;
  State seen = state.load(std::memory_order_acquire);
  while (seen != abandoned) {
    const bool is_waited_for = seen == expiring;
    if (!state.compare_exchange_weak(seen, settled)) continue;
    // Its owner may have given it back meanwhile, and the table gone.
    if (is_waited_for) state.notify_all();
    return;
  }
  lane_->free(*this);
}

void Slot::abandon() noexcept {
  if (!is_decided()) {
    decide_by(table_->options_.policies.undecided, Fate::undecided_passed, Fate::undecided_dropped);
  }
  State seen = state_->load(std::memory_order_acquire);
  if (seen == leaving && lane_ == Lane::of_this_thread()) {
    // Nobody else will look at it until it has left.
    state_->store(abandoned, std::memory_order_relaxed);
    return;
  }
  while (seen != settled) {
    if (seen == expiring && is_lent_) {
      // It is sent from the ring, whose room is soon to be used again.
      state_->wait(expiring);
      seen = state_->load(std::memory_order_acquire);
    } else if (state_->compare_exchange_weak(seen, abandoned)) {
      return;
    }
  }
  table_->free(*this);
}

std::optional<Duration> Slot::time_left() const noexcept {
  const State state = state_->load(std::memory_order_acquire);
  if (state == for_ever) return std::nullopt;
  return Duration{std::max(state - now(), State{0})};
}

bool Slot::extend(Duration duration) noexcept {
  const State next = HoldTable::deadline(now(), duration);
  return take(next);
}

void Slot::decide_after_exception(HeldPacket& packet) noexcept {
  if (packet.slot_ == nullptr) return;
  Slot& slot = *packet.slot_;
  slot.decide_by(slot.table_->options_.policies.exception, Fate::exception_passed,
                 Fate::exception_dropped);
}

VerdictResult Slot::pass_by_rule(HeldPacket& packet, bool edited) noexcept {
  Slot& slot = *packet.slot_;
  const Form form = edited && slot.is_edited_ ? Form::edited : Form::original;
  return slot.decide(Fate::ruled_passed, form, RestOfFlow::ask);
}

void Slot::pass_by_rule_later(HeldPacket&& packet, bool edited, Duration delay) noexcept {
  Slot& slot = *std::exchange(packet.slot_, nullptr);
  slot.keep();
  slot.later_ = edited && slot.is_edited_ ? Form::edited : Form::original;
  if (slot.take(HoldTable::deadline(now(), delay) | 1)) return;
  slot.table_->with_lane([](Lane& lane) { lane.counts_.decide_late(); });
  slot.abandon();
}

}  // namespace weir::gate
