// What a tracker keeps of the packets of its flows: chosen header fields, coded small.
#pragma once

#include <array>
#include <cstdint>

#include "weir/flow/flow.h"
#include "weir/packet.h"

namespace weir::flow {

/// What is kept of each packet. A set of bits.
enum class HistoryFields : std::uint16_t {
  none = 0,
  timestamp = 1 << 0,
  ip_id = 1 << 1,           ///< of IPv4
  ttl = 1 << 2,             ///< or hop limit
  length = 1 << 3,          ///< of the frame on the wire
  tcp_flags = 1 << 4,       ///< RFC 9293 3.1, the low eight bits
  sequence = 1 << 5,        ///< of TCP
  acknowledgment = 1 << 6,  ///< of TCP
  window = 1 << 7,          ///< of TCP, not scaled
  icmp = 1 << 8,            ///< type and code
  payload = 1 << 9,         ///< bytes that follow the transport header, by the length fields
  direction = 1 << 10,      ///< which side has sent it
  all = (1 << 11) - 1,
};
constexpr HistoryFields operator|(HistoryFields a, HistoryFields b) noexcept {
  return static_cast<HistoryFields>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr HistoryFields operator&(HistoryFields a, HistoryFields b) noexcept {
  return static_cast<HistoryFields>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
/// Whether `field`, or any of several, is in the set.
constexpr bool has(HistoryFields set, HistoryFields field) noexcept {
  return (set & field) != HistoryFields::none;
}

/// What was kept of one packet. What was not, or what the packet does not have, is 0.
struct HistoryPacket {
  Timestamp timestamp{};
  std::uint32_t length = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 0;
  std::uint16_t ip_id = 0;
  IcmpMessage icmp{};
  std::uint8_t ttl = 0;
  std::uint8_t tcp_flags = 0;
  bool is_from_originator = false;
  /// Those the packet has, of those that were chosen.
  HistoryFields fields = HistoryFields::none;
  [[nodiscard]] bool has(HistoryFields field) const noexcept { return flow::has(fields, field); }
  bool operator==(const HistoryPacket&) const = default;
};

namespace detail {

/// What the next code is relative to: of each side, what its last packet said. Packed, since there
/// is one for each flow.
struct HistoryState {
  std::int64_t time = 0;
  /// The sequence number behind what was sent.
  std::array<std::uint32_t, 2> next{};
  std::array<std::uint32_t, 2> acknowledgment{};
  std::array<std::uint16_t, 2> ip_id{};
  /// Window, or type and code of ICMP.
  std::array<std::uint16_t, 2> number{};
  /// Their low bits, which is enough to guess by.
  std::array<std::uint16_t, 2> payload{};
  std::array<std::uint16_t, 2> overhead{};
  std::array<std::uint8_t, 2> ttl{};
  std::array<std::uint8_t, 2> tcp_flags{};
  HistoryFields fields = HistoryFields::none;
  /// Times are coded in nanoseconds: not all are whole microseconds.
  bool is_nano = false;
};
static_assert(sizeof(HistoryState) == 48);

}  // namespace detail

}  // namespace weir::flow
