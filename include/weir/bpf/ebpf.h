// Extended BPF: classic programs as tc programs or socket filters of the kernel, and their listing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

#include "weir/api.h"
#include "weir/bpf/instruction.h"

namespace weir::bpf {

/// One instruction, laid out as the kernel's struct bpf_insn (RFC 9669).
struct EbpfInstruction {
  std::uint8_t opcode = 0;
  std::uint8_t destination : 4 = 0;
  std::uint8_t source : 4 = 0;
  std::int16_t offset = 0;
  std::int32_t immediate = 0;
  bool operator==(const EbpfInstruction&) const = default;
};
static_assert(sizeof(EbpfInstruction) == 8);

using EbpfProgram = std::vector<EbpfInstruction>;
using EbpfProgramView = std::span<const EbpfInstruction>;

/// Bytes of the frame that are copied, once per packet, to where constant offsets read them.
inline constexpr std::int32_t ebpf_frame_copy = 256;
/// Bytes the value of the scratch map needs: the copy, and a VLAN tag more.
inline constexpr std::int32_t ebpf_scratch_size = ebpf_frame_copy + 4;
/// Bytes of the stack, from its top (r10) down, that the programs use.
inline constexpr std::int32_t ebpf_stack_used = 96;

struct TranslationOptions {
  /// Descriptor of a per-CPU array with one value of at least ebpf_scratch_size bytes. The program
  /// must not be interrupted by another one that uses the same map on the same CPU; programs at
  /// one hook (tc, tcx) or on packet sockets are not.
  int scratch_map = -1;
  /// What the program returns, for example TCX_NEXT (-1), TC_ACT_OK (0) or TC_ACT_SHOT (2).
  std::int32_t match = 1;
  std::int32_t no_match = 0;
  /// Whether the kernel knows may_goto (Linux 6.9 and newer), which programs with a loop need. It
  /// ends a loop without end after some millions of rounds; that is no match.
  bool may_goto = false;
};

enum class TranslationProblem : std::uint8_t {
  invalid,       ///< what verify() refuses at Level::valid
  ancillary,     ///< a load from the kernel's ancillary area, which classic sockets alone have
  loop,          ///< jumps back, and the options know no may_goto
  jump_too_far,  ///< the translation is too long for the 16 bits of a jump
};

/// Why a program was not translated, and the instruction that is to blame; 0 for jump_too_far.
struct TranslationError {
  TranslationProblem problem = TranslationProblem::invalid;
  std::size_t index = 0;
  bool operator==(const TranslationError&) const = default;
};

/// "has a loop: run it in user space", ...
[[nodiscard]] WEIR_API const char* describe(TranslationProblem problem) noexcept;

/// A whole program of type BPF_PROG_TYPE_SCHED_CLS, or BPF_PROG_TYPE_SOCKET_FILTER for a packet
/// socket, for a frame that begins with its link-layer header. It sees the frame as it was on the
/// wire: an 802.1Q or 802.1ad tag that the kernel keeps beside the frame is put back at offset 12,
/// and the length counts it. A load that fails and a division or modulo by zero are no match, as in
/// classic BPF.
[[nodiscard]] WEIR_API std::expected<EbpfProgram, TranslationError> translate(
    ProgramView program, const TranslationOptions& options);

/// The parts of translate(), for programs that run several filters on one packet: the copy first,
/// then any number of fragments, each followed by code that looks at r0.
///
/// copy_frame() expects the struct __sk_buff in r1. Where the frame cannot be read it returns
/// `on_failure` from the whole program, otherwise it goes on behind its end with r6, r9 and the
/// stack set up for fragments, which leave all of that as it is; the struct __sk_buff stands at
/// r10 - 8.
[[nodiscard]] WEIR_API EbpfProgram copy_frame(int scratch_map, std::int32_t on_failure);

/// Goes on behind its end with options.match or options.no_match in r0; r1 to r5, r7 and r8 are
/// undefined then. options.scratch_map is not looked at.
[[nodiscard]] WEIR_API std::expected<EbpfProgram, TranslationError> translate_fragment(
    ProgramView program, const TranslationOptions& options);

/// One instruction per line in the kernel's notation, as bpftool prints it:
/// "   3: (61) r7 = *(u32 *)(r6 +0)". Jumps are counted from the next instruction.
[[nodiscard]] WEIR_API std::string listing(EbpfProgramView program);

}  // namespace weir::bpf
