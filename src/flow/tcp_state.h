// What the flags of a TCP segment tell an observer about its connection (RFC 9293 3.3.2).
#pragma once

#include "weir/flow/flow.h"
#include "weir/wire/tcp.h"

namespace weir::flow {

namespace tcp_flags = wire::tcp_flags;

/// Both ends have let go of the connection: only a new one can follow on its ports.
[[nodiscard]] constexpr bool is_over(TcpState state) noexcept { return state >= TcpState::closed; }

/// Whether a segment with these flags can make a connection closed or reset.
[[nodiscard]] constexpr bool may_end(std::uint8_t flags) noexcept {
  return (flags & (tcp_flags::fin | tcp_flags::rst)) != 0;
}

/// Whether the segment opens a new connection on the ports of one that is over.
[[nodiscard]] constexpr bool opens_anew(const Progress& progress, std::uint8_t flags) noexcept {
  constexpr unsigned deciding = tcp_flags::syn | tcp_flags::ack | tcp_flags::rst | tcp_flags::fin;
  return is_over(progress.state) && (flags & deciding) == tcp_flags::syn;
}

/// Takes in a segment with SYN, FIN or RST, or one during the handshake.
void follow_change(Progress& progress, std::uint8_t side, std::uint8_t flags) noexcept;

/// Takes in a segment that `side` sent.
inline void follow(Progress& progress, std::uint8_t side, std::uint8_t flags) noexcept {
  const bool plain = (flags & (tcp_flags::syn | tcp_flags::fin | tcp_flags::rst)) == 0;
  const bool in_handshake =
      progress.state == TcpState::syn_sent || progress.state == TcpState::syn_received;
  if (plain && !in_handshake) return;
  follow_change(progress, side, flags);
}

}  // namespace weir::flow
