// Puts a prologue before filter programs and the snapshot length into what they return.
#include "capture/sieve.h"

#include <linux/filter.h>
#include <linux/if_packet.h>

#include <algorithm>

#include "capture/live_limits.h"
#include "weir/bpf/verify.h"

namespace weir::capture {
namespace {

using namespace bpf::code;

constexpr bpf::Instruction give(std::uint32_t octets) { return {.code = ret | k, .k = octets}; }

/// What the kernel knows beside the bytes of a packet.
constexpr bpf::Instruction load_fact(std::uint32_t fact) {
  return {.code = ld | w | abs, .k = static_cast<std::uint32_t>(SKF_AD_OFF) + fact};
}

constexpr bpf::Instruction skip_if_equal(std::uint32_t value, std::uint8_t if_equal,
                                         std::uint8_t otherwise) {
  return {.code = jmp | jeq, .jump_true = if_equal, .jump_false = otherwise, .k = value};
}

void append(bpf::Program& to, std::initializer_list<bpf::Instruction> more) {
  to.insert(to.end(), more);
}

bpf::Program prologue(const SieveOptions& options) {
  bpf::Program program;
  if (options.loopback != 0) {
    append(program, {load_fact(SKF_AD_IFINDEX), skip_if_equal(options.loopback, 0, 3),
                     load_fact(SKF_AD_PKTTYPE), skip_if_equal(PACKET_OUTGOING, 0, 1), give(0)});
  }
  if (options.traffic == Traffic::in) {
    append(program, {load_fact(SKF_AD_PKTTYPE), skip_if_equal(PACKET_OUTGOING, 0, 1), give(0)});
  } else if (options.traffic == Traffic::out) {
    append(program, {load_fact(SKF_AD_PKTTYPE), skip_if_equal(PACKET_OUTGOING, 1, 0), give(0)});
  }
  return program;
}

bool is_return(const bpf::Instruction& instruction) { return (instruction.code & 0x07U) == ret; }

/// In the kernel, offsets from 2^31 on mean other things than octets of the packet.
bool same_meaning(const bpf::Instruction& instruction) {
  const unsigned group = instruction.code & 0x07U;
  const unsigned mode = instruction.code & 0xe0U;
  const bool loads = (group == ld && (mode == abs || mode == ind)) || (group == ldx && mode == msh);
  if (loads) return instruction.k <= INT32_MAX;
  // A snapshot length the program computes cannot be replaced by ours.
  return !is_return(instruction) || instruction.code == (ret | k);
}

}  // namespace

std::optional<bpf::Program> sieve_with(bpf::ProgramView program, const SieveOptions& options) {
  if (!bpf::verify(program, bpf::Level::kernel)) return std::nullopt;
  if (!std::ranges::all_of(program, same_meaning)) return std::nullopt;
  bpf::Program sieve = prologue(options);
  append(sieve, {load_fact(SKF_AD_VLAN_TAG_PRESENT),
                 skip_if_equal(0, 1, 0),
                 give(longest_snapshot),
                 // Programs start with 0 in A.
                 {.code = ld | imm, .k = 0}});
  for (bpf::Instruction instruction : program) {
    if (is_return(instruction) && instruction.k != 0) instruction.k = options.snapshot_length;
    sieve.push_back(instruction);
  }
  if (sieve.size() > bpf::kernel_max_instructions) return std::nullopt;
  return sieve;
}

bpf::Program sieve_without_program(const SieveOptions& options) {
  bpf::Program sieve = prologue(options);
  sieve.push_back(give(options.snapshot_length));
  return sieve;
}

bpf::Program refuse_all() { return {give(0)}; }

}  // namespace weir::capture
