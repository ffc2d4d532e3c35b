// One packet at a time: shown, called about as often as it needs more room, decided.
#include "compat/net_filter/packet_events.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "weir/wire/layers.h"

namespace weir::compat::net_filter {
namespace {

/// The packet this thread is within on_packet for.
thread_local gate::HeldPacket* at_hand = nullptr;

class AtHand {
 public:
  explicit AtHand(gate::HeldPacket& held) noexcept { at_hand = &held; }
  AtHand(const AtHand&) = delete;
  AtHand& operator=(const AtHand&) = delete;
  ~AtHand() { at_hand = nullptr; }
};

/// Handlers are called for every packet: asked for only when another one was set. Threads that
/// packets come in belong to one filter, and end with it.
template <class Params>
const std::function<void(Params&)>* cached(const NetFilterEvent<Params>& event) {
  struct Cache {
    const void* of = nullptr;
    std::uint64_t changes = 0;
    std::shared_ptr<const std::function<void(Params&)>> handler{};
  };
  thread_local Cache cache;
  if (cache.of != &event || cache.changes != event.changes()) {
    cache.of = &event;
    cache.changes = event.changes();
    cache.handler = event.current();
  }
  return cache.handler.get();
}

int size_of(std::size_t bytes) noexcept { return static_cast<int>(bytes); }

/// What both events say of a packet.
template <class Params>
void describe(const Packet& packet, Params& params) noexcept {
  const auto millisecond = std::chrono::floor<std::chrono::milliseconds>(packet.timestamp);
  params.adapter_id = static_cast<int>(packet.interface_index);
  params.timestamp = millisecond;
  params.timestamp_ns = static_cast<int>((packet.timestamp - millisecond).count());
  params.packet_type =
      packet.link_type == LinkType::ethernet ? NetFilter::DLT_EN10MB : NetFilter::DLT_RAW;
  params.direction = packet.direction == Direction::out ? NetFilter::PACKET_DIRECTION_OUTGOING
                                                        : NetFilter::PACKET_DIRECTION_INCOMING;
  params.packet_size = static_cast<int>(packet.wire_length);
  params.data_size = size_of(packet.data.size());
}

/// Of the part that is shown.
void describe_ip(gate::HeldPacket& held, NetFilterPacketEventParams& params) noexcept {
  const auto offset = held.ip_offset();
  if (!offset || *offset > static_cast<std::size_t>(params.data_size)) return;
  params.ip_offset = size_of(*offset);
  params.ip_size =
      size_of(std::min(held.ip_size(), static_cast<std::size_t>(params.data_size) - *offset));
}

void describe_ip(const Packet& packet, NetFilterNotifyPacketEventParams& params) noexcept {
  const wire::Layers layers = wire::decode(packet, wire::Depth::transport);
  if (!layers.outer.present()) return;
  const std::size_t offset = layers[layers.outer.network].offset;
  params.ip_offset = size_of(offset);
  params.ip_size = size_of(std::min<std::size_t>(layers.outer.length, packet.data.size() - offset));
}

/// The packet's bytes where the handler may write, with room behind them. Of one that is shown in
/// part a copy, which goes nowhere.
MutableBytes writable(gate::HeldPacket& held, std::size_t room) {
  const std::size_t shown = held.packet().data.size();
  if (!held.edit(room).empty()) {
    if (const MutableBytes whole = held.resize(shown + room); !whole.empty()) return whole;
  }
  thread_local std::vector<std::uint8_t> copy;
  const Bytes bytes = held.packet().data;
  copy.assign(bytes.begin(), bytes.end());
  return copy;
}

}  // namespace

void PacketEvents::hold(gate::HeldPacket& held) noexcept {
  const auto* const handler = cached(events_.handlers().on_packet);
  if (handler == nullptr) {
    held.accept();
    return;
  }
  constexpr std::size_t usual_room = 256;
  NetFilterPacketEventParams params;
  describe(held.packet(), params);
  describe_ip(held, params);
  const NetFilterPacketEventParams seen = params;
  MutableBytes buffer = writable(held, usual_room);
  const AtHand here{held};
  for (int round = 0;; ++round) {
    params.buffer = buffer.data();
    params.buffer_size = size_of(buffer.size());
    if (!events_.call(*handler, params)) {
      held.accept();
      return;
    }
    if (params.result_code != NetFilter::ERROR_INSUFFICIENT_BUFFER) break;
    const int wanted = params.data_size;
    if (held.is_truncated() || wanted > most_buffer || round == most_rounds) break;
    params = seen;
    if (wanted > size_of(buffer.size())) {
      static_cast<void>(held.resize(static_cast<std::size_t>(seen.data_size)));
      buffer = writable(held, static_cast<std::size_t>(wanted - seen.data_size));
    }
  }
  // What it sets of the others means nothing.
  NetFilterPacketEventParams decided = seen;
  decided.buffer_size = size_of(buffer.size());
  decided.data_size = params.data_size;
  decided.action = params.action;
  decided.result_code = params.result_code;
  decide(held, decided);
}

void PacketEvents::decide(gate::HeldPacket& held,
                          const NetFilterPacketEventParams& params) noexcept {
  if (params.result_code != 0) {
    held.accept();
    const bool asks = params.result_code == NetFilter::ERROR_INSUFFICIENT_BUFFER;
    events_.error(params.result_code,
                  asks ? "on_packet asks for a buffer it cannot have: " +
                             std::to_string(params.data_size) + " bytes"
                       : "on_packet has set result_code " + std::to_string(params.result_code));
    return;
  }
  switch (params.action) {
    case NetFilter::PACKET_ACTION_SEND:
      held.accept();
      return;
    case NetFilter::PACKET_ACTION_DROP:
      held.drop();
      return;
    case NetFilter::PACKET_ACTION_SEND_MODIFIED:
      send_modified(held, params);
      return;
    default:
      held.accept();
      events_.error(NetFilter::ERROR_INVALID_PARAMETER,
                    "on_packet has set action " + std::to_string(params.action) +
                        ": it is 1 (drop), 2 (send) or 3 (send modified)");
  }
}

void PacketEvents::send_modified(gate::HeldPacket& held,
                                 const NetFilterPacketEventParams& params) noexcept {
  const auto refused = [&](const std::string& why) {
    held.accept();
    events_.error(NetFilter::ERROR_INVALID_PARAMETER, "on_packet has changed a packet, " + why);
  };
  if (held.is_truncated()) {
    refused("which it was shown in part (adapter_max_packet_bytes): it goes on unchanged");
    return;
  }
  if (params.data_size <= 0 || params.data_size > params.buffer_size ||
      held.resize(static_cast<std::size_t>(params.data_size)).empty()) {
    refused("to " + std::to_string(params.data_size) + " bytes in a buffer of " +
            std::to_string(params.buffer_size) + ": it goes on unchanged");
    return;
  }
  if (held.accept_modified() == gate::VerdictResult::too_long) {
    refused("to be longer than its adapter takes: it goes on unchanged");
  }
}

void PacketEvents::notify(const Packet& packet) noexcept {
  const auto* const handler = cached(events_.handlers().on_notify_packet);
  if (handler == nullptr) return;
  NetFilterNotifyPacketEventParams params;
  describe(packet, params);
  describe_ip(packet, params);
  params.data = packet.data.data();
  if (events_.call(*handler, params) && params.result_code != 0) {
    events_.error(params.result_code,
                  "on_notify_packet has set result_code " + std::to_string(params.result_code));
  }
}

void PacketEvents::extend(Duration timeout) {
  if (at_hand == nullptr) {
    refuse(NetFilter::ERROR_NOT_READY, "reset_timeout() is for handlers of on_packet to call");
  }
  // Without a timeout there is nothing to extend.
  if (timeout > Duration::zero()) static_cast<void>(at_hand->extend(timeout));
}

}  // namespace weir::compat::net_filter
