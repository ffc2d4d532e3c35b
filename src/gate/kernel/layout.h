// What the gate's programs in the kernel and the process share: records, tags, controls, numbers.
#pragma once

#include <cstdint>

namespace weir::gate {

/// Before each frame in the rings. Integers are the machine's.
struct Record {
  /// CLOCK_MONOTONIC, nanoseconds.
  std::uint64_t when;
  /// Bytes that follow: the frame as on the wire, a VLAN tag put back. Of a copy for notify at most
  /// the snapshot length.
  std::uint32_t length;
  /// Of the frame.
  std::uint32_t wire_length;
  /// The ifindex.
  std::uint32_t adapter;
  /// The number of the rule (RuleSet).
  std::uint32_t rule;
  /// Of the packet (skb), to be given back to it.
  std::uint32_t mark;
  std::uint32_t priority;
  /// Payload bytes of each segment; 0 for a single packet.
  std::uint32_t segment_size;
  /// PACKET_HOST, ... (linux/if_packet.h).
  std::uint8_t packet_type;
  /// 0 in, 1 out.
  std::uint8_t outgoing;
  /// 0 Ethernet, 1 IP without a link header.
  std::uint8_t link;
  /// Its checksums are finished: a segment that the kernel has cut.
  std::uint8_t is_segment;
  std::uint32_t unused[6];
};
static_assert(sizeof(Record) == 64);

/// What tells packets that a gate sends on from all others: 64 bits in place of their time of
/// departure (SO_TXTIME). Bits 63-48 the mark, 47-44 the kind.
///
/// Kind `on`: bits 43-12 the altitude (with its sign bit flipped, so that numbers compare as
/// altitudes do), 11-0 the instance: together the gate's place in the chain. A gate whose place is
/// equal to it clears the tag and lets the packet go on; one that runs before that place lets it go
/// on as it is; one behind it clears the tag and treats the packet as any other.
/// Kind `turn`: the same, for what goes into a loopback, whose packets may be longer than the
/// helper adapter takes: sent on the loopback, and its sender's own program turns it round there.
/// Kind `in`: for the gate's own helper adapter only: bits 31-0 the ifindex whose ingress it goes
/// to, where the tag becomes one of kind `on`.
namespace tag {
inline constexpr std::uint64_t mark = 0x57E1;
inline constexpr unsigned kind_shift = 44;
inline constexpr unsigned instance_bits = 12;
inline constexpr std::uint64_t on = mark << 4 | 1;
inline constexpr std::uint64_t in = mark << 4 | 2;
inline constexpr std::uint64_t turn = mark << 4 | 3;
/// 44 bits: (altitude ^ 0x80000000) << 12 | instance.
constexpr std::uint64_t place(std::int32_t altitude, std::uint32_t instance) noexcept {
  return std::uint64_t{static_cast<std::uint32_t>(altitude) ^ 0x80000000U} << instance_bits |
         instance;
}
constexpr std::uint64_t going_on(std::uint64_t place) noexcept { return on << kind_shift | place; }
constexpr std::uint64_t turning(std::uint64_t place) noexcept { return turn << kind_shift | place; }
constexpr std::uint64_t going_in(std::uint32_t adapter) noexcept {
  return in << kind_shift | adapter;
}
}  // namespace tag

/// A packet that is redirected to this interface index vanishes silently: none is beyond INT_MAX.
inline constexpr std::uint32_t nowhere = UINT32_MAX;

}  // namespace weir::gate
