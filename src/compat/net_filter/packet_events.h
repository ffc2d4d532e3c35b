// Held and copied packets as events: on_packet with what it decides, and on_notify_packet.
#pragma once

#include "compat/net_filter/events.h"
#include "weir/gate/held_packet.h"
#include "weir/packet.h"

namespace weir::compat::net_filter {

/// Any thread.
class PacketEvents {
 public:
  /// A packet whose event asks for more room than this goes on unchanged, as does one that asks
  /// more often.
  static constexpr int most_buffer = 262'144;
  static constexpr int most_rounds = 8;

  /// `events` outlive it.
  explicit PacketEvents(Events& events) noexcept : events_{events} {}

  /// Has on_packet decide; without a handler it goes on.
  void hold(gate::HeldPacket& held) noexcept;
  void notify(const Packet& packet) noexcept;

  /// Within on_packet: the deadline of the packet at hand is so long from now on. Throws
  /// NetFilterError (21) elsewhere.
  static void extend(Duration timeout);

 private:
  void decide(gate::HeldPacket& held, const NetFilterPacketEventParams& params) noexcept;
  void send_modified(gate::HeldPacket& held, const NetFilterPacketEventParams& params) noexcept;

  Events& events_;
};

}  // namespace weir::compat::net_filter
