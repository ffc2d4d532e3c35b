// Looks into the copy of a frame for what the gate has to know before any rule is asked.
#pragma once

#include "gate/kernel/writer.h"

namespace weir::gate {

/// Behind copy_frame(). Leaves scratch::neighbor and scratch::keepable, and makes of a frame that
/// stands for several segments its first one: lengths are those of a packet on the wire.
void read_network_header(Writer& write);

/// r8 = where the IP header begins in the copy, r1 its address there, at most `deepest` bytes in;
/// to `none` for what is not IP, and to `arp` for ARP and RARP. The bytes there may lie behind the
/// packet's end.
void find_network_header(Writer& write, Writer::Label arp, Writer::Label none);

}  // namespace weir::gate
