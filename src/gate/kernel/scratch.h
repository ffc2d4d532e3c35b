// What the programs that decide about one packet hand on to each other, in the scratch map's value.
#pragma once

#include "weir/bpf/ebpf.h"

namespace weir::gate::scratch {

// Offsets; the frame's copy stands in front. 8 bytes each.
inline constexpr int length = 264;        ///< of the packet on the wire: the first segment
inline constexpr int tag_size = 272;      ///< 4 if a VLAN tag was put back
inline constexpr int frame_length = 280;  ///< of all segments together
// 4 bytes each.
inline constexpr int copied = 288;    ///< bytes of the copy that are the packet's
inline constexpr int rule = 292;      ///< number of the rule that matched
inline constexpr int counters = 296;  ///< key of the adapter's counters in this direction
inline constexpr int outgoing = 300;  ///< 0 in, 1 out
inline constexpr int link = 304;      ///< as AdapterEntry
inline constexpr int adapter = 308;   ///< ifindex
inline constexpr int neighbor = 312;  ///< 1: ARP or RARP; 2: IPv6 neighbor discovery
inline constexpr int keepable = 316;  ///< 1: segments of TCP that may stay in one piece
inline constexpr int snapshot = 320;  ///< bytes a copy has at most
inline constexpr int size = 328;
static_assert(length >= bpf::ebpf_scratch_size);

inline constexpr int neighbor_arp = 1, neighbor_discovery = 2;

}  // namespace weir::gate::scratch
