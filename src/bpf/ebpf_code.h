// The parts of eBPF instructions (RFC 9669) and what of the kernel's interface programs name.
// Arithmetic, sizes and jumps shared with classic BPF are in weir/bpf/instruction.h.
#pragma once

#include <cstdint>

#include "weir/bpf/ebpf.h"

namespace weir::bpf::ebpf {

enum class Register : std::uint8_t { r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10 };

// Classes classic BPF does not have, or uses otherwise.
inline constexpr std::uint8_t jmp32 = 0x06, alu64 = 0x07;
// Sizes and modes of loads and stores.
inline constexpr std::uint8_t dw = 0x18, mem = 0x60, atomic = 0xc0;
/// Part of the immediate of atomic operations.
inline constexpr std::uint32_t fetch = 0x01;
// Arithmetic.
inline constexpr std::uint8_t mov = 0xb0, arsh = 0xc0, end = 0xd0;
// Jumps. may_goto jumps once the kernel has had enough of a loop.
inline constexpr std::uint8_t jne = 0x50, jsgt = 0x60, jlt = 0xa0, jle = 0xb0;
inline constexpr std::uint8_t call = 0x85, exit = 0x95, may_goto = 0xe5;
/// Loads 64 bits from two instructions; with source pseudo_map_fd a map, given its descriptor, with
/// pseudo_map_value the address of its value.
inline constexpr std::uint8_t load_immediate64 = 0x18;
inline constexpr std::uint8_t pseudo_map_fd = 1, pseudo_map_value = 2;
/// The source of calls of kernel functions by their BTF.
inline constexpr std::uint8_t pseudo_kfunc_call = 2;

/// Numbers of kernel functions.
namespace function {
inline constexpr std::int32_t map_lookup_elem = 1, ktime_get_ns = 5, processor_number = 8,
                              skb_store_bytes = 9, tail_call = 12, skb_vlan_pop = 19, redirect = 23,
                              skb_load_bytes = 26, skb_change_head = 43, skb_adjust_room = 50,
                              ringbuf_reserve = 131, ringbuf_submit = 132, ringbuf_discard = 133,
                              ringbuf_query = 134, current_task_btf = 158, kptr_exchange = 194;
}  // namespace function

/// Offsets into struct __sk_buff.
namespace skb {
inline constexpr std::int16_t len = 0, pkt_type = 4, mark = 8, protocol = 16, vlan_present = 20,
                              vlan_tci = 24, vlan_proto = 28, priority = 32, ingress_ifindex = 36,
                              ifindex = 40, cb = 48, tstamp = 152, wire_len = 160, gso_segs = 164,
                              sk = 168, gso_size = 176, tstamp_type = 180;
}  // namespace skb

/// Offsets into struct bpf_sock.
namespace sock {
inline constexpr std::int16_t family = 4;
}  // namespace sock

constexpr EbpfInstruction instruction(std::uint16_t opcode, Register destination,
                                      Register source = Register::r0, int offset = 0,
                                      std::uint32_t immediate = 0) noexcept {
  EbpfInstruction made;
  made.opcode = static_cast<std::uint8_t>(opcode);
  made.destination = static_cast<std::uint8_t>(destination) & 0xf;
  made.source = static_cast<std::uint8_t>(source) & 0xf;
  made.offset = static_cast<std::int16_t>(offset);
  made.immediate = static_cast<std::int32_t>(immediate);
  return made;
}

}  // namespace weir::bpf::ebpf
