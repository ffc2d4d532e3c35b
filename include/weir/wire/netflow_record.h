// Flow records of NetFlow versions 1, 5 and 7, which have the same fields at the same places.
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>

#include "weir/address.h"
#include "weir/api.h"
#include "weir/wire/fields.h"
#include "weir/wire/netflow.h"
#include "weir/wire/parse_error.h"
#include "weir/wire/wire.h"

namespace weir::wire {

/// Bytes of a record; 0 where the version has none of that kind.
[[nodiscard]] constexpr std::size_t netflow_record_length(std::uint16_t version) noexcept {
  switch (version) {
    case 1:
    case 5:
      return 48;
    case 7:
      return 52;
    default:
      return 0;
  }
}

/// One flow: read from a record, and written as one. What a version lacks is 0, and not written.
struct NetflowRecord {
  Ipv4Address srcaddr{};
  Ipv4Address dstaddr{};
  Ipv4Address nexthop{};
  /// SNMP's index of the interface it came in by, and went out by.
  std::uint16_t input = 0;
  std::uint16_t output = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
  /// sys_uptime of its first and last packet, in milliseconds.
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint16_t srcport = 0;
  std::uint16_t dstport = 0;
  /// All of the flow's together.
  std::uint8_t tcp_flags = 0;
  /// IANA's protocol number: ip_protocol.h.
  std::uint8_t protocol = 0;
  std::uint8_t tos = 0;
  /// Not in version 1, as the three below.
  std::uint16_t src_as = 0;
  std::uint16_t dst_as = 0;
  /// Bits of the prefix that was routed by.
  std::uint8_t src_mask = 0;
  std::uint8_t dst_mask = 0;
  /// Of version 7: which fields are not valid.
  std::uint8_t flags = 0;
  std::uint16_t invalid_flags = 0;
  /// Of version 7: the router that the switch acted for.
  Ipv4Address router{};

  bool operator==(const NetflowRecord&) const noexcept = default;

  /// The first record of `bytes`: truncated, or bad_version where the version has none.
  [[nodiscard]] WEIR_API static std::expected<NetflowRecord, ParseError> read(std::uint16_t version,
                                                                              Bytes bytes) noexcept;
  /// Record `index` of a packet, of as many as there are bytes for.
  [[nodiscard]] static std::expected<NetflowRecord, ParseError> read(const NetflowView& packet,
                                                                     std::size_t index) noexcept {
    const std::size_t length = netflow_record_length(packet.version());
    if (length == 0) return std::unexpected{ParseError::bad_version};
    if (index >= packet.payload().size() / length) return std::unexpected{ParseError::truncated};
    return read(packet.version(), packet.payload().subspan(index * length));
  }
  /// Padding is 0. bad_value: a version without such records.
  [[nodiscard]] WEIR_API Written write(std::uint16_t version, MutableBytes to) const noexcept;
};

/// How many records are there: what the header counts, as far as there are bytes.
[[nodiscard]] inline std::size_t netflow_record_count(const NetflowView& packet) noexcept {
  const std::size_t length = netflow_record_length(packet.version());
  if (length == 0) return 0;
  return std::min<std::size_t>(packet.count(), packet.payload().size() / length);
}

}  // namespace weir::wire
