// HeldPacket: the handle of a Slot.
#include "weir/gate/held_packet.h"

#include <utility>

#include "gate/held/slot.h"

namespace weir::gate {

HeldPacket::HeldPacket(HeldPacket&& other) noexcept : slot_{std::exchange(other.slot_, nullptr)} {
  if (slot_ != nullptr) slot_->keep();
}

HeldPacket& HeldPacket::operator=(HeldPacket&& other) noexcept {
  HeldPacket moved{std::move(other)};
  std::swap(slot_, moved.slot_);
  return *this;
}

HeldPacket::~HeldPacket() {
  if (slot_ != nullptr) slot_->abandon();
}

const Packet& HeldPacket::packet() const noexcept { return slot_->packet(); }

const std::string& HeldPacket::adapter() const noexcept { return slot_->port_->name(); }

const std::string& HeldPacket::rule() const noexcept { return *slot_->rule_; }

std::optional<std::size_t> HeldPacket::ip_offset() const noexcept {
  static_cast<void>(slot_->packet());
  return slot_->ip_offset_;
}

std::size_t HeldPacket::ip_size() const noexcept {
  static_cast<void>(slot_->packet());
  return slot_->ip_size_;
}

bool HeldPacket::is_truncated() const noexcept { return slot_->is_truncated(); }

std::uint16_t HeldPacket::segment_size() const noexcept {
  return static_cast<std::uint16_t>(slot_->segment_size_);
}

MutableBytes HeldPacket::edit(std::size_t room) noexcept { return slot_->edit(room); }

MutableBytes HeldPacket::resize(std::size_t length) noexcept { return slot_->resize(length); }

bool HeldPacket::is_decided() const noexcept { return slot_->is_decided(); }

std::optional<Duration> HeldPacket::time_left() const noexcept { return slot_->time_left(); }

bool HeldPacket::extend(Duration duration) noexcept { return slot_->extend(duration); }

VerdictResult HeldPacket::accept(RestOfFlow rest) noexcept {
  return slot_->decide(Fate::accepted, Slot::Form::original, rest);
}

VerdictResult HeldPacket::accept_modified(Repair repair, RestOfFlow rest) noexcept {
  return slot_->accept_modified(repair, rest);
}

VerdictResult HeldPacket::drop(RestOfFlow rest) noexcept {
  return slot_->decide(Fate::dropped, Slot::Form::none, rest);
}

}  // namespace weir::gate
