// The ring is given back batch by batch: only what nobody looks at any more.
#include "gate/intake.h"

namespace weir::gate {

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

std::span<const TakenRecord> Intake::take() noexcept {
  const std::lock_guard lock{mutex_};
  std::size_t count = 0;
  while (count < batch_size && peek()) {
    batch_[count++] = waiting_;
    has_waiting_ = false;
  }
  is_busy_ = count > 0;
  // What was discarded would wake whoever waits for more, again and again.
  if (!is_busy_) ring_.release();
  return std::span{batch_}.first(count);
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
