// Which checksums of a packet are right: one verdict per header that decode() found.
#pragma once

#include <array>
#include <cstdint>

#include "weir/api.h"
#include "weir/packet.h"
#include "weir/wire/layers.h"

namespace weir::wire {

/// What verify_checksums() says of one header.
enum class ChecksumVerdict : std::uint8_t {
  none,         ///< no checksum, none that weir verifies, or its field was not captured
  good,         ///< the checksum matches
  bad,          ///< it does not
  unverified,   ///< cannot be told: bytes are missing (fragment, snapped), or left to the adapter
  not_present,  ///< the sender computed none (UDP on IPv4, RFC 768)
};

/// "none", "good", "bad", "unverified", "not_present".
[[nodiscard]] WEIR_API const char* name(ChecksumVerdict verdict) noexcept;

/// One verdict per entry of the Layers it was made from; the rest are `none`.
struct ChecksumVerdicts {
  std::array<ChecksumVerdict, Layers::max_layers> verdicts{};
  /// Where the verdict is bad and the checksum has 16 bits: what its field should hold.
  /// 0 where nothing is right: a coverage of less than the header or beyond the end (UDP-Lite,
  /// DCCP); and where a checksum is missing (UDP over IPv6) that bytes are missing for.
  std::array<std::uint16_t, Layers::max_layers> expected{};

  [[nodiscard]] constexpr ChecksumVerdict operator[](std::size_t index) const noexcept {
    return verdicts[index];
  }
  [[nodiscard]] static constexpr std::size_t size() noexcept { return Layers::max_layers; }
};

/// Verifies every header checksum of a packet, inside tunnels too: IPv4, TCP, UDP, UDP-Lite, SCTP,
/// DCCP, ICMP, ICMPv6, IGMP, GRE, mobility headers, OSPF, PIM, VRRP and EIGRP. `layers` is the
/// result of decode(packet).
///
/// The pseudo-header comes from the nearest IP header before the transport header, with the final
/// destination of a source route or routing header (RFC 791 3.1, RFC 8200 8.1). What its datagram
/// was cut off from, as a fragment of the outer one does to an inner one, is unverified. Packets
/// quoted in ICMP errors are not looked at; see quoted_packet().
[[nodiscard]] WEIR_API ChecksumVerdicts verify_checksums(const Packet& packet,
                                                         const Layers& layers) noexcept;

}  // namespace weir::wire
