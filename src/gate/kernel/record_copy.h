// Writes the steps that copy a packet into a ring, its record in front.
#pragma once

#include <cstdint>

#include "gate/kernel/writer.h"

namespace weir::gate {

/// Bytes of the frames that can be held; longer ones are BIG TCP beyond what Linux makes.
inline constexpr std::uint32_t longest_held = 262'080;

struct CopyPlan {
  /// Of the ring.
  int ring = -1;
  /// Where the frame begins in the packet's bytes.
  std::int32_t skip = 0;
  /// That are put back: 1 or 2.
  int most_tags = 1;
};

/// The Record stands at r10 + stack::record, with `length` bytes to be copied, the packet at r6; at
/// r10 + stack::spare four bytes of each VLAN tag that is put back, the outer one first, or 0. Goes
/// to `full` if the ring has no room or the packet is longer than longest_held, otherwise on behind
/// its end with the record submitted; to `failed` if the kernel gave no bytes.
void copy_to_ring(Writer& write, const CopyPlan& plan, Writer::Label full, Writer::Label failed);

/// Fills the fields of the Record that every program has: time, adapter, rule, mark, priority.
/// r6 is the packet; rule and adapter are in the scratch value.
void begin_record(Writer& write);

/// Leaves the tag that the kernel keeps beside the packet at r6 in stack::spare.
void keep_tag(Writer& write);
/// The same at r10 + `at`; to `untagged` if there is none.
void keep_tag(Writer& write, int at, Writer::Label untagged);

}  // namespace weir::gate
