// Classic BPF instructions: what pcap-filter expressions compile to and what sockets accept.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "weir/api.h"

namespace weir::bpf {

/// One instruction, laid out as the kernel's struct sock_filter and libpcap's struct bpf_insn.
/// Jumps are counted from the next instruction (McCanne and Jacobson, "The BSD Packet Filter").
struct Instruction {
  std::uint16_t code = 0;
  std::uint8_t jump_true = 0;
  std::uint8_t jump_false = 0;
  std::uint32_t k = 0;
  bool operator==(const Instruction&) const = default;
};
static_assert(sizeof(Instruction) == 8);

using Program = std::vector<Instruction>;
using ProgramView = std::span<const Instruction>;

/// Cells of the scratch memory M[].
inline constexpr std::uint32_t memory_size = 16;

/// The parts an instruction code is put together from.
namespace code {

// Classes.
inline constexpr std::uint16_t ld = 0x00, ldx = 0x01, st = 0x02, stx = 0x03;
inline constexpr std::uint16_t alu = 0x04, jmp = 0x05, ret = 0x06, misc = 0x07;
// Sizes of loads.
inline constexpr std::uint16_t w = 0x00, h = 0x08, b = 0x10;
// Modes of loads.
inline constexpr std::uint16_t imm = 0x00, abs = 0x20, ind = 0x40, mem = 0x60, len = 0x80;
/// 4 * (P[k] & 0xf): the length of an IPv4 header.
inline constexpr std::uint16_t msh = 0xa0;
// Arithmetic.
inline constexpr std::uint16_t add = 0x00, sub = 0x10, mul = 0x20, div = 0x30, or_ = 0x40;
inline constexpr std::uint16_t and_ = 0x50, lsh = 0x60, rsh = 0x70, neg = 0x80, mod = 0x90;
inline constexpr std::uint16_t xor_ = 0xa0;
// Jumps.
inline constexpr std::uint16_t ja = 0x00, jeq = 0x10, jgt = 0x20, jge = 0x30, jset = 0x40;
// Operands of arithmetic, jumps and returns.
inline constexpr std::uint16_t k = 0x00, x = 0x08, a = 0x10;
// Register moves.
inline constexpr std::uint16_t tax = 0x00, txa = 0x80;

}  // namespace code

}  // namespace weir::bpf
