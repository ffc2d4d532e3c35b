// Packets that wait until it is decided whose they are, for observers that ask for packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "weir/packet.h"

namespace weir::flow {

/// Copies, in the order they came, by the id of the flow that claims them.
class HeldPackets {
 public:
  static constexpr std::size_t max_packets = 4096;
  /// Of what was captured of them together.
  static constexpr std::size_t max_bytes = std::size_t{16} << 20;

  /// False, if there is no room.
  [[nodiscard]] bool hold(std::uint64_t claimant, std::uint8_t side, const Packet& packet) {
    const std::size_t size = packet.data.size();
    if (packets_.size() == max_packets || size > max_bytes - bytes_) return false;
    packets_.push_back({.claimant = claimant, .side = side, .packet = OwnedPacket{packet}});
    bytes_ += size;
    return true;
  }

  /// Forgets those of the claimant, and says how many there were.
  std::size_t drop(std::uint64_t claimant) noexcept {
    return packets_.empty() ? 0 : std::erase_if(packets_, [this, claimant](const Held& held) {
      if (held.claimant != claimant) return false;
      bytes_ -= held.packet.packet().data.size();
      return true;
    });
  }

  /// Takes those of the claimant out and hands each to tell(side, packet). If that throws, the rest
  /// of them stay.
  template <class Tell>
  void take(std::uint64_t claimant, Tell tell) {
    for (auto held = packets_.begin(); held != packets_.end();) {
      if (held->claimant != claimant) {
        ++held;
        continue;
      }
      const Held taken = std::move(*held);
      bytes_ -= taken.packet.packet().data.size();
      held = packets_.erase(held);
      tell(taken.side, taken.packet.packet());
    }
  }

  /// On the heap, in bytes.
  [[nodiscard]] std::size_t memory() const noexcept {
    return packets_.size() * sizeof(Held) + bytes_;
  }

 private:
  struct Held {
    std::uint64_t claimant;
    std::uint8_t side;
    OwnedPacket packet;
  };
  std::deque<Held> packets_;
  std::size_t bytes_ = 0;
};

}  // namespace weir::flow
