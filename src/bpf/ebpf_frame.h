// What copy_frame() leaves for fragments: registers and cells of the stack.
#pragma once

#include "bpf/ebpf_assembler.h"
#include "bpf/ebpf_code.h"

namespace weir::bpf::ebpf {

/// Kept by every fragment.
inline constexpr Register copied = Register::r6;  ///< bytes in the copy: the frame's, at most 256
inline constexpr Register frame = Register::r9;   ///< the copy, at the start of the scratch value

/// Offsets from r10; each has 8 bytes.
namespace stack {
inline constexpr int skb = -8;
inline constexpr int length = -16;    ///< of the frame on the wire
inline constexpr int tag_size = -24;  ///< 4 if a VLAN tag was put back, otherwise 0
inline constexpr int loaded = -32;    ///< where loads beyond the copy put their bytes
inline constexpr int cells = -96;     ///< M[0]; 16 cells of 4 bytes
}  // namespace stack
static_assert(-stack::cells == ebpf_stack_used);

/// 4 bytes behind the copy; of what is loaded from there the kernel's verifier knows nothing.
inline constexpr int unknown = ebpf_frame_copy;

/// Bytes of both MAC addresses, and of the tag that stands behind them on the wire.
inline constexpr std::int32_t addresses_size = 12, tag_size = 4;
static_assert(ebpf_frame_copy + tag_size == ebpf_scratch_size);

/// What the public copy_frame() emits once it has found the scratch value, going to `failed` where
/// the frame cannot be read: `frame` is that value, the struct __sk_buff stands at stack::skb.
void copy_frame(Assembler& to, Assembler::Label failed);

}  // namespace weir::bpf::ebpf
