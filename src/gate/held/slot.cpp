// Slot: what its owner sees of the packet, and edits.
#include "gate/held/slot.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "gate/held/hold_table.h"
#include "gate/reinject/outline.h"

namespace weir::gate {
namespace {

/// As HeldPacket::edit() gives by itself.
constexpr std::size_t usual_room = 256;
/// Longer packets leave by no adapter.
constexpr std::size_t most_room = std::size_t{1} << 24;

}  // namespace

void Slot::begin(const Arrival& arrival, HoldTable& table) noexcept {
  const Record& record = arrival.record;
  table_ = &table;
  port_ = arrival.port.get();
  rule_ = arrival.rule.get();
  lent_port_ = &arrival.port;
  lent_rule_ = &arrival.rule;
  original_.store(arrival.frame.data(), std::memory_order_relaxed);
  length_ = static_cast<std::uint32_t>(arrival.frame.size());
  const std::uint32_t snapshot = arrival.snapshot_length;
  bytes_shown_ = snapshot == 0 ? length_ : std::min(snapshot, length_);
  mark_ = record.mark;
  priority_ = record.priority;
  segment_size_ = record.segment_size;
  outgoing_ = record.outgoing != 0;
  is_segment_ = record.is_segment != 0;
  when_ = record.when;
  is_lent_ = true;
  is_shown_ = false;
  is_edited_ = false;
  is_sealed_ = false;
  later_ = Form::original;
  lane_ = nullptr;
  state_->store(table.deadline_of(record), std::memory_order_release);
}

void Slot::end() noexcept {
  shown_.reset();
  if (!is_lent_) own_ = {};
  state_->store(settled, std::memory_order_release);
}

void Slot::show() noexcept {
  const Bytes frame = original();
  const LinkType link_type = port_->link_type();
  const bool several_segments = segment_size_ != 0;
  const Outline found = outline(frame, link_type, is_segment_);
  ip_offset_ = found.ip;
  ip_size_ = found.ip_size;
  headers_ = found.transport ? found.transport->payload - found.transport->network : 0;
  packet_ = {.data = frame.first(bytes_shown_),
             .timestamp = table_->wall_clock_of(when_),
             .wire_length = length_,
             .interface_index = port_->index(),
             .link_type = link_type,
             .direction = outgoing_ ? Direction::out : Direction::in};
  if (several_segments) {
    packet_.flags = PacketFlags::several_segments | PacketFlags::checksum_not_ready;
  } else if (found.unfinished && !finish_in_copy(frame, *found.unfinished)) {
    packet_.flags = PacketFlags::checksum_not_ready;
  }
  is_shown_ = true;
}

bool Slot::finish_in_copy(Bytes frame, const Transport& unfinished) noexcept {
  // The whole of it is needed for the sum, however little is shown.
  shown_ = table_->buffers_.take(frame.size() + usual_room);
  if (shown_.is_empty()) return false;
  std::memcpy(shown_.bytes().data(), frame.data(), frame.size());
  unfinished.finish(shown_.bytes().first(frame.size()));
  packet_.data = shown_.bytes().first(bytes_shown_);
  return true;
}

MutableBytes Slot::edit(std::size_t room) noexcept {
  const Bytes shown = packet().data;
  if (is_truncated() || is_sealed_ || room > most_room) return {};
  const std::size_t most = shown.size() + room;
  if (shown_.bytes().size() < most) {
    Buffer larger = table_->buffers_.take(most);
    if (larger.is_empty()) return {};
    std::memcpy(larger.bytes().data(), shown.data(), shown.size());
    shown_ = std::move(larger);
  }
  most_edited_ = static_cast<std::uint32_t>(most);
  is_edited_ = true;
  packet_.data = shown_.bytes().first(shown.size());
  return edited();
}

MutableBytes Slot::resize(std::size_t length) noexcept {
  if (!is_edited_ || is_sealed_ || length > most_edited_) return {};
  const std::size_t before = packet_.data.size();
  const MutableBytes bytes = shown_.bytes().first(length);
  if (length > before) std::ranges::fill(bytes.subspan(before), std::uint8_t{0});
  packet_.data = bytes;
  packet_.wire_length = static_cast<std::uint32_t>(length);
  return bytes;
}

void Slot::keep() noexcept {
  if (!is_lent_) return;
  const Bytes lent = original();
  own_ = {.bytes = table_->buffers_.take(length_, table_->options_.most_held_bytes),
          .rule = *lent_rule_,
          .port = *lent_port_,
          .table = table_->shared_from_this()};
  is_lent_ = false;
  const bool has_room = !own_.bytes.is_empty();
  if (has_room) {
    std::memcpy(own_.bytes.bytes().data(), lent.data(), lent.size());
    original_.store(own_.bytes.bytes().data());
  } else {
    decide_by(table_->options_.policies.ring_full, Fate::full_passed, Fate::full_dropped);
  }
  // Someone who took it before sends it from the ring, whose room is soon to be used again.
  state_->wait(expiring);
  if (!has_room) {
    length_ = bytes_shown_ = 0;
    original_.store(nullptr);
  }
  if (is_shown_ && packet_.data.data() == lent.data())
    packet_.data = original().first(bytes_shown_);
}

}  // namespace weir::gate
