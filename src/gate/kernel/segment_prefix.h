// What stands before a frame on its way through the helper adapter, and so before each segment.
#pragma once

#include <cstdint>

namespace weir::gate {

struct SegmentPrefix {
  static constexpr std::uint32_t expected_mark = 0x57E1'5E65;

  /// What the host itself may send there has another.
  std::uint32_t mark;
  std::uint32_t adapter;
  std::uint32_t rule;
  /// A VLAN tag the kernel kept beside the frame, as on the wire; 0: none of 802.1Q or 802.1ad.
  std::uint16_t tag_control;
  std::uint8_t packet_type;
  std::uint8_t bits;
};
static_assert(sizeof(SegmentPrefix) == 16);

/// SegmentPrefix::bits.
namespace segment_bit {
inline constexpr int outgoing = 1, raw = 2, tagged = 4, service_tag = 8;
}  // namespace segment_bit

}  // namespace weir::gate
