// A batch at a time: whoever works at it comes to held packets in between.
#include "gate/side_work.h"

#include <new>
#include <utility>

#include "gate/reinject/outline.h"

namespace weir::gate {

SideWork::SideWork(Handling& handling, Maps& maps, const HoldTable& table)
    : handling_{handling}, table_{table}, notices_{maps.notices} {}

bool SideWork::call(std::function<void()> call) {
  const std::lock_guard lock{mutex_};
  if (is_closed_ || calls_.size() >= most_calls) return false;
  calls_.push_back(std::move(call));
  return true;
}

void SideWork::close() noexcept {
  const std::lock_guard lock{mutex_};
  is_closed_ = true;
}

void SideWork::show(const Packet& packet, const RuleName& rule) noexcept {
  const std::lock_guard lock{mutex_};
  if (copied_ + packet.data.size() > most_copied) return;
  try {
    copies_.push_back({.packet = OwnedPacket{packet}, .rule = rule});
    copied_ += packet.data.size();
  } catch (const std::bad_alloc&) {
    // No room.
  }
}

bool SideWork::has_more() noexcept {
  if (notices_.has_more()) return true;
  const std::lock_guard lock{mutex_};
  return !copies_.empty() || !calls_.empty();
}

bool SideWork::has_shown_all() noexcept {
  if (!notices_.is_idle()) return false;
  const std::lock_guard lock{mutex_};
  return copies_.empty();
}

bool SideWork::has_called_all() noexcept {
  const std::lock_guard lock{mutex_};
  return calls_.empty();
}

void SideWork::work(const WorkerHooks& hooks) noexcept {
  const auto taken = notices_.take();
  std::size_t copies = 0;
  std::size_t calls = 0;
  {
    const std::lock_guard lock{mutex_};
    copies = copies_.size();
    calls = calls_.size();
  }
  const auto around = hooks.around_batch();
  if (!taken.empty()) {
    const auto view = handling_.views.now();
    for (const TakenRecord& record : taken) {
      if (const auto* rule = view->rule_of(record.record)) {
        handling_.show(as_shown(record), *(*rule)->id);
      }
    }
    notices_.finish();
  }
  for (; copies > 0; --copies) show_first();
  for (; calls > 0; --calls) make_first();
}

Packet SideWork::as_shown(const TakenRecord& taken) const noexcept {
  Packet packet = packet_of(taken);
  packet.timestamp = table_.wall_clock_of(taken.record.when);
  const bool is_whole = packet.data.size() == packet.wire_length;
  if (taken.record.segment_size != 0 ||
      (is_whole && outline(taken.frame, packet.link_type, false).unfinished)) {
    packet.flags = packet.flags | PacketFlags::checksum_not_ready;
  }
  return packet;
}

void SideWork::show_first() noexcept {
  // Stays where it is until it has been shown: others only put more behind it.
  const Copy& copy = [this]() -> const Copy& {
    const std::lock_guard lock{mutex_};
    return copies_.front();
  }();
  handling_.show(copy.packet.packet(), *copy.rule);
  const std::lock_guard lock{mutex_};
  copied_ -= copy.packet.packet().data.size();
  copies_.pop_front();
}

void SideWork::make_first() noexcept {
  std::function<void()> call = [this] {
    const std::lock_guard lock{mutex_};
    return std::move(calls_.front());
  }();
  try {
    const InHandler here;
    call();
    call = nullptr;
  } catch (...) {
    handling_.report(GateError::Where::worker, "worker: a call: " + thrown_words());
  }
  const std::lock_guard lock{mutex_};
  calls_.pop_front();
}

}  // namespace weir::gate
