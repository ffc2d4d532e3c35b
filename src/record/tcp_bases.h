// What the sequence numbers of a TCP connection are counted from.
#pragma once

#include <cstdint>

namespace weir::record {

/// One connection's, of its lower and its higher end, whichever order makes them that.
struct TcpBases {
  /// As seen from the sender of a segment.
  struct Seen {
    std::uint32_t sequence = 0;
    std::uint32_t acknowledgment = 0;
    /// What the numbers are counted from that it acknowledges, also where its own are not counted.
    std::uint32_t peer = 0;
  };

  /// Learns from a segment that acknowledges, and tells what its numbers are counted from: nothing
  /// on the first of a connection, which shows where it starts, and on one with SYN.
  Seen learn(bool is_low, std::uint32_t sequence, std::uint32_t acknowledgment,
             bool is_syn) noexcept {
    std::uint32_t& own = is_low ? low : high;
    std::uint32_t& peer = is_low ? high : low;
    const bool is_first = !are_known || is_syn;
    if (is_first) {
      own = sequence;
      peer = acknowledgment - 1;
      are_known = true;
    }
    return {is_first ? 0 : own, is_first ? 0 : peer, peer};
  }

  std::uint32_t low = 0;
  std::uint32_t high = 0;
  bool are_known = false;
};

}  // namespace weir::record
