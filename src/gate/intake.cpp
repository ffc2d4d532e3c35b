// The ring is given back batch by batch: only what nobody looks at any more.
#include "gate/intake.h"

namespace weir::gate {

Packet packet_of(const TakenRecord& taken) noexcept {
  return {
      .data = taken.frame,
      .wire_length = taken.record.wire_length,
      .interface_index = taken.record.adapter,
      .link_type = taken.record.link == 0 ? LinkType::ethernet : LinkType::raw,
      .flags = taken.record.segment_size != 0 ? PacketFlags::several_segments : PacketFlags::none,
      .direction = taken.record.outgoing != 0 ? Direction::out : Direction::in};
}

bool Intake::peek() noexcept {
  if (has_waiting_) return true;
  for (;;) {
    const Bytes bytes = ring_.next();
    if (bytes.empty()) return false;
    // Programs of this gate alone write here: a shorter one would be a defect.
    if (bytes.size() < sizeof(Record)) continue;
    std::memcpy(&waiting_.record, bytes.data(), sizeof(Record));
    const Bytes room = bytes.subspan(sizeof(Record));
    if (waiting_.record.length > room.size()) continue;
    waiting_.frame = room.first(waiting_.record.length);
    has_waiting_ = true;
    return true;
  }
}

bool Intake::has_more() noexcept {
  const std::lock_guard lock{mutex_};
  const bool has_more = peek();
  // What was discarded would wake whoever waits for more, again and again.
  if (!has_more && !is_busy_) ring_.release();
  return has_more;
}

std::span<const TakenRecord> Intake::take() noexcept {
  const std::lock_guard lock{mutex_};
  std::size_t count = 0;
  while (count < batch_size && peek()) {
    batch_[count++] = waiting_;
    has_waiting_ = false;
  }
  is_busy_ = count > 0;
  if (!is_busy_) ring_.release();
  return std::span{batch_}.first(count);
}

void Intake::step_away() noexcept {
  const std::lock_guard lock{mutex_};
  is_busy_ = true;
}

void Intake::finish() noexcept {
  const std::lock_guard lock{mutex_};
  is_busy_ = false;
  // What is waiting has been taken from the ring: its room must stay.
  if (has_waiting_) {
    ring_.release_but_last();
  } else {
    ring_.release();
  }
}

}  // namespace weir::gate
