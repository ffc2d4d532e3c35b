// Decides whether a classic BPF program may run: here, and in the kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "weir/api.h"
#include "weir/bpf/instruction.h"

namespace weir::bpf {

enum class Level : std::uint8_t {
  valid,   ///< what libpcap runs: BPF_JA may go back
  kernel,  ///< what SO_ATTACH_FILTER takes (net/core/filter.c, bpf_check_classic)
};

/// Why a program is refused.
enum class Fault : std::uint8_t {
  empty,                  ///< no instruction at all
  too_long,               ///< over max_instructions or kernel_max_instructions
  unknown_instruction,    ///< a code that neither libpcap nor the kernel knows
  jump_outside,           ///< a jump ends outside the program
  memory_outside,         ///< a cell beyond M[15]
  division_by_zero,       ///< division or modulo by the constant 0
  shift_too_wide,         ///< a constant shift by more than 31
  no_final_return,        ///< the last instruction is no return
  backward_jump,          ///< kernel only
  memory_not_written,     ///< kernel only: a load from a cell some path has not written
  unknown_ancillary_load  ///< kernel only: an offset from SKF_AD_OFF on that means nothing
};

/// Longer programs are refused at any level; libpcap's longest stay far below.
inline constexpr std::size_t max_instructions = std::size_t{1} << 22;
/// BPF_MAXINSNS of the kernel.
inline constexpr std::size_t kernel_max_instructions = 4096;

struct VerifyError {
  Fault fault;
  /// Of the instruction; 0 for empty and too_long.
  std::size_t index;
  bool operator==(const VerifyError&) const = default;
};

/// What was found out about a program that may run.
struct Verified {
  /// Instructions no path reaches. They are allowed, but never part of an answer.
  std::size_t unreachable = 0;
  /// The first of them; the program's size if there is none.
  std::size_t first_unreachable = 0;
  /// A reachable BPF_JA goes back (libpcap's protochain).
  bool goes_back = false;
};

[[nodiscard]] WEIR_API std::expected<Verified, VerifyError> verify(ProgramView program,
                                                                   Level level = Level::valid);

/// "the jump ends outside the program".
[[nodiscard]] WEIR_API std::string_view reason(Fault fault) noexcept;
/// "instruction 7: the jump ends outside the program".
[[nodiscard]] WEIR_API std::string describe(const VerifyError& error);

}  // namespace weir::bpf
