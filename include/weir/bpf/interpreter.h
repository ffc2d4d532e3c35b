// Runs classic BPF programs one instruction at a time: what every other engine has to agree with.
#pragma once

#include <cstdint>

#include "weir/api.h"
#include "weir/bpf/instruction.h"
#include "weir/bytes.h"

namespace weir::bpf {

/// How far a run may go back in all, in instructions: each backward jump costs the distance it
/// jumps. So every run ends, after at most the program's length and this many instructions. A
/// protochain over 64 KiB of headers needs about 300,000.
inline constexpr std::uint64_t go_back_limit = std::uint64_t{1} << 24;

/// Runs the program on a packet of `wire_length` octets of which `data` was captured. Returns what
/// the program returns: octets to keep, 0 to refuse the packet.
///
/// The meaning is that of libpcap's bpf_filter: A, X and M[] start as 0, a load beyond the captured
/// bytes and a division by X = 0 refuse the packet, a shift by 32 or more gives 0. Beyond
/// `limit` (see go_back_limit) the packet is refused. Precondition: verify(program) succeeded.
[[nodiscard]] WEIR_API std::uint32_t run(ProgramView program, Bytes data, std::uint32_t wire_length,
                                         std::uint64_t limit = go_back_limit) noexcept;

}  // namespace weir::bpf
