// A flow: the packets two endpoints exchange under one five-tuple, counted per direction.
#pragma once

#include <cstdint>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/packet.h"

namespace weir::flow {

struct Endpoint {
  IpAddress address;
  /// 0 for all but TCP, UDP and SCTP, and for fragments without their transport header.
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

/// Where a TCP connection stands (RFC 9293 3.3.2, as an observer can tell). Flows of other
/// protocols stay fresh.
enum class TcpState : std::uint8_t {
  fresh,         ///< data without a handshake so far; "new"
  syn_sent,      ///< SYN seen
  syn_received,  ///< SYN and SYN-ACK seen
  established,   ///< handshake complete
  closing,       ///< FIN from one side
  closed,        ///< FIN from both sides
  reset,         ///< RST seen
};

enum class EndReason : std::uint8_t {
  fin,      ///< closed by both sides, then silent for the fin timeout
  rst,      ///< reset, then silent for the fin timeout
  idle,     ///< silent for the idle timeout
  active,   ///< cut by the active timeout; a later packet starts a new record
  evicted,  ///< least recently used when the table was full
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
  /// IP header, extension headers and payload, from the length fields.
  std::uint64_t ip_bytes = 0;
  /// What follows the transport header (other IP protocols: what follows the IP header).
  std::uint64_t payload_bytes = 0;
  bool operator==(const Counters&) const = default;
};

/// One flow, as a tracker's table holds it: valid during the callback that hands it out. To keep
/// it, copy it into an OwnedFlow.
class WEIR_API Flow {
 public:
  static constexpr std::size_t max_vlans = 2;

  Flow& operator=(const Flow&) = delete;

  /// IANA protocol number.
  [[nodiscard]] std::uint8_t protocol() const noexcept;
  /// The sender of the first SYN without ACK, else of the first packet seen.
  [[nodiscard]] Endpoint originator() const noexcept;
  [[nodiscard]] Endpoint responder() const noexcept;
  /// VLAN identifiers when they are part of the key, outer first.
  [[nodiscard]] std::size_t vlan_count() const noexcept;
  [[nodiscard]] std::uint16_t vlan(std::size_t index) const noexcept;
  /// Smallest and largest time stamp of its packets.
  [[nodiscard]] Timestamp start() const noexcept;
  [[nodiscard]] Timestamp end() const noexcept;
  [[nodiscard]] const Counters& from_originator() const noexcept;
  [[nodiscard]] const Counters& from_responder() const noexcept;
  /// OR of all TCP flags each side sent (RFC 9293 3.1, low eight bits).
  [[nodiscard]] std::uint8_t originator_tcp_flags() const noexcept;
  [[nodiscard]] std::uint8_t responder_tcp_flags() const noexcept;
  [[nodiscard]] TcpState tcp_state() const noexcept;
};

}  // namespace weir::flow
