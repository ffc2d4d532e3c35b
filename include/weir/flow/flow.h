// A flow: the packets two endpoints exchange under one five-tuple, counted per direction.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/flow/key.h"
#include "weir/flow/progress.h"
#include "weir/packet.h"
#include "weir/wire/ip_protocol.h"

namespace weir::flow {

/// One side of a flow.
struct Endpoint {
  IpAddress address;
  /// 0 for protocols without ports, and for fragments without their transport header.
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

/// Why a flow left the table.
enum class EndReason : std::uint8_t {
  fin,      ///< closed by both sides, then silent for the fin timeout; or another connection
            ///< has taken its ports
  rst,      ///< reset, then silent for the fin timeout, or as above
  idle,     ///< silent for the idle timeout
  active,   ///< cut by the active timeout; a later packet starts a record that continues it
  evicted,  ///< made room when the table was full
  end,      ///< finish() was called
};

/// "new", "syn_sent", ... and "fin", "rst", ...: the words of the records.
[[nodiscard]] WEIR_API const char* name(TcpState state) noexcept;
[[nodiscard]] WEIR_API const char* name(EndReason reason) noexcept;

/// What one side sent.
struct Counters {
  std::uint64_t packets = 0;
  /// Wire lengths of the frames.
  std::uint64_t frame_bytes = 0;
  /// IP header, extension headers and payload, from the length fields; up to the end of the frame
  /// where those leave it open, or say more.
  std::uint64_t ip_bytes = 0;
  /// What follows the transport header (other IP protocols: what follows the IP header).
  std::uint64_t payload_bytes = 0;
  bool operator==(const Counters&) const = default;
};

/// What an ICMP message is about (RFC 792, RFC 4443).
struct IcmpMessage {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  bool operator==(const IcmpMessage&) const = default;
};

/// One flow, as a tracker's table holds it: valid during the callback that hands it out; from
/// Tracker::find(), flows() and top(), until the tracker changes. To keep it, copy it into an
/// OwnedFlow. On the thread of its tracker.
class WEIR_API Flow {
 public:
  static constexpr std::size_t max_vlans = FlowKey::max_vlans;

  ~Flow() = default;

  /// Unlike that of every other flow of its tracker, from 1 on; the parts the active timeout cuts a
  /// flow into share it. It never changes.
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  /// IANA protocol number.
  [[nodiscard]] std::uint8_t protocol() const noexcept { return key_.protocol; }
  /// The sender, in a flow of one direction. Of both: the sender of the first SYN without ACK, else
  /// the receiver of the first SYN with ACK, else the sender of the first packet seen. A handshake
  /// seen late may turn it.
  [[nodiscard]] Endpoint originator() const noexcept { return endpoint(progress_.originator); }
  [[nodiscard]] Endpoint responder() const noexcept { return endpoint(1U - progress_.originator); }
  /// VLAN identifiers when they are part of the key, outer first.
  [[nodiscard]] std::size_t vlan_count() const noexcept { return key_.vlan_count(); }
  /// Precondition: index < vlan_count().
  [[nodiscard]] std::uint16_t vlan(std::size_t index) const noexcept { return key_.vlans[index]; }
  /// Smallest and largest time stamp of its packets.
  [[nodiscard]] Timestamp start() const noexcept { return start_; }
  [[nodiscard]] Timestamp end() const noexcept { return progress_.apart != 0 ? end_ : last_use_; }
  [[nodiscard]] const Counters& from_originator() const noexcept {
    return counters(progress_.originator);
  }
  [[nodiscard]] const Counters& from_responder() const noexcept {
    return counters(1U - progress_.originator);
  }
  /// OR of all TCP flags each side sent (RFC 9293 3.1, low eight bits).
  [[nodiscard]] std::uint8_t originator_tcp_flags() const noexcept {
    return tcp_flags_[progress_.originator];
  }
  [[nodiscard]] std::uint8_t responder_tcp_flags() const noexcept {
    return tcp_flags_[1U - progress_.originator];
  }
  [[nodiscard]] TcpState tcp_state() const noexcept { return progress_.state; }
  /// The first message of each side whose header was captured; none in flows of other protocols.
  [[nodiscard]] std::optional<IcmpMessage> originator_icmp() const noexcept {
    return icmp(progress_.originator);
  }
  [[nodiscard]] std::optional<IcmpMessage> responder_icmp() const noexcept {
    return icmp(1U - progress_.originator);
  }
  /// The active timeout has cut the flow before: the record of the same key that ended so last is
  /// the part before this one. Originator and state are those of the whole.
  [[nodiscard]] bool continues() const noexcept { return progress_.continues != 0; }
  /// A TCP connection of which no SYN was seen.
  [[nodiscard]] bool is_midstream() const noexcept {
    return protocol() == wire::ip_protocol::tcp && !progress_.has_syn();
  }
  [[nodiscard]] const FlowKey& key() const noexcept { return key_; }

 private:
  friend class FlowRecord;
  friend class OwnedFlow;

  Flow(const FlowKey& key, std::uint64_t id) noexcept : key_{key}, id_{id} {}
  Flow(const Flow&) = default;
  Flow(Flow&&) = default;
  Flow& operator=(const Flow&) = default;
  Flow& operator=(Flow&&) = default;

  [[nodiscard]] Endpoint endpoint(std::size_t side) const noexcept {
    return {key_.address(side), key_.ports[side]};
  }
  [[nodiscard]] const Counters& counters(std::size_t side) const noexcept {
    return side == 0 ? first_ : second_;
  }

  [[nodiscard]] bool is_icmp() const noexcept {
    return protocol() == wire::ip_protocol::icmp || protocol() == wire::ip_protocol::icmpv6;
  }
  [[nodiscard]] std::optional<IcmpMessage> icmp(std::size_t side) const noexcept {
    if (!is_icmp() || !progress_.is_seen(side)) return std::nullopt;
    return IcmpMessage{static_cast<std::uint8_t>(next_[side] >> 8),
                       static_cast<std::uint8_t>(next_[side])};
  }

  // What every packet touches stands between the counters of the two sides, what packets rarely
  // touch at the end: a packet of either direction touches 96 bytes, two cache lines.
  Counters first_{};
  FlowKey key_;
  std::array<std::uint8_t, 2> tcp_flags_{};
  Progress progress_{};
  /// The sequence number behind the last each side has sent; of ICMP type and code.
  std::array<std::uint32_t, 2> next_{};
  /// The tracker's time at its last packet, which is end() as long as time stamps keep to it.
  Timestamp last_use_{};
  Counters second_{};
  Timestamp start_{};
  /// Only if Progress::apart.
  Timestamp end_{};
  /// The sequence number of each side's SYN.
  std::array<std::uint32_t, 2> initial_{};
  std::uint64_t id_;
};

}  // namespace weir::flow
