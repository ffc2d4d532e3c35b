// Makes lengths and checksums of a changed frame right.
#pragma once

#include <cstddef>

#include "weir/bytes.h"
#include "weir/link_type.h"

namespace weir::gate {

/// Writes the lengths of IP and UDP, for datagrams that end `trailer` bytes before the frame does,
/// and all checksums that weir knows, from the innermost on. A UDP checksum of 0 over IPv4 stays
/// (RFC 768). `several_segments`: those of TCP are left to the adapter.
void repair(MutableBytes frame, LinkType link_type, std::size_t trailer,
            bool several_segments) noexcept;

}  // namespace weir::gate
