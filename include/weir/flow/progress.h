// Where a flow stands: the state of its TCP connection, and what its sequence numbers may be.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "weir/api.h"

namespace weir::flow {

/// Where a TCP connection stands (RFC 9293 3.3.2, as an observer can tell). Flows of other
/// protocols stay fresh.
enum class TcpState : std::uint8_t {
  fresh,         ///< data without a handshake so far; "new"
  syn_sent,      ///< SYN seen
  syn_received,  ///< SYN and SYN-ACK seen
  established,   ///< handshake complete
  closing,       ///< FIN from one side
  closed,        ///< FIN from both sides; from its sender, in a flow of one direction
  reset,         ///< RST seen, within the window of its receiver
};

/// Who opened a conversation and how far it has come; packed, since there are millions. Sides are
/// indexes into FlowKey::addresses; a field of two bits has bit n for side n, one of eight a
/// nibble.
struct Progress {
  static constexpr std::uint32_t no_syn = 15;
  /// RFC 7323 2.3: no window is larger, so no two numbers of a connection are further apart.
  static constexpr std::uint32_t widest = 1U << 30;

  TcpState state : 3 = TcpState::fresh;
  std::uint32_t originator : 1 = 0;
  /// An active timeout cut the flow, and this record is a later part.
  std::uint32_t continues : 1 = 0;
  /// The largest time stamp is kept apart: it is not the time of the last packet.
  std::uint32_t apart : 1 = 0;
  /// Another connection may have taken the ports; it is not decided yet.
  std::uint32_t contested : 1 = 0;
  /// The last to be evicted: the table has filed it as answered or long.
  std::uint32_t kept : 1 = 0;
  /// Sides that have sent a FIN.
  std::uint32_t fins : 2 = 0;
  /// Sides that have sent an RST which may be a stranger's: they take it back by going on.
  std::uint32_t resets : 2 = 0;
  /// Sides whose last segment was far from what they sent before.
  std::uint32_t astray : 2 = 0;
  /// Sides whose plain segments change nothing but the next sequence number.
  std::uint32_t steady : 2 = 0;
  /// Window scale of each side's SYN (RFC 7323 2.2); no_syn where none was seen.
  std::uint32_t scales : 8 = 0xff;
  /// The largest window each side has offered, as the power of four it does not exceed; 0 while
  /// nothing of it was seen.
  std::uint32_t reaches : 8 = 0;

  [[nodiscard]] bool is_steady(std::size_t side) const noexcept {
    return (steady >> side & 1) != 0;
  }
  [[nodiscard]] bool is_seen(std::size_t side) const noexcept { return nibble(reaches, side) != 0; }
  [[nodiscard]] bool has_syn(std::size_t side) const noexcept {
    return nibble(scales, side) != no_syn;
  }
  [[nodiscard]] bool has_syn() const noexcept { return scales != 0xff; }
  /// How far the other side may be ahead of what `side` has acknowledged, or behind.
  [[nodiscard]] std::uint32_t reach(std::size_t side) const noexcept {
    const std::uint32_t power = nibble(reaches, side);
    return power == 0 ? widest : 1U << 2 * power;
  }
  /// A window as bytes. Of a connection whose SYN was not seen it may be anything up to this.
  [[nodiscard]] std::uint32_t scaled(std::size_t side, std::uint16_t window) const noexcept {
    return std::uint32_t{window} << std::min(nibble(scales, side), 14U);
  }
  void set_scale(std::size_t side, std::uint32_t scale) noexcept {
    scales = with_nibble(scales, side, std::min(scale, 14U)) & 0xff;
  }
  /// `side` has offered a window of so many bytes.
  void widen(std::size_t side, std::uint32_t bytes) noexcept {
    if (is_seen(side) && bytes <= reach(side)) return;
    const int width = 32 - std::countl_zero(bytes - (bytes != 0 ? 1U : 0U));
    const auto power = static_cast<std::uint32_t>(std::clamp((width + 1) / 2, 1, 15));
    reaches = with_nibble(reaches, side, std::max(nibble(reaches, side), power)) & 0xff;
  }

 private:
  [[nodiscard]] static std::uint32_t nibble(std::uint32_t nibbles, std::size_t side) noexcept {
    return nibbles >> 4 * side & 15;
  }
  [[nodiscard]] static std::uint32_t with_nibble(std::uint32_t nibbles, std::size_t side,
                                                 std::uint32_t value) noexcept {
    return (nibbles & ~(15U << 4 * side)) | value << 4 * side;
  }
};
static_assert(sizeof(Progress) == 4);

}  // namespace weir::flow
