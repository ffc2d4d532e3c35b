// Programs before they are loaded: what they name outside themselves, and its numbers put in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "bpf/ebpf_code.h"
#include "weir/bpf/ebpf.h"

namespace weir::gate {

/// What a gate's own programs are linked with.
enum class Symbol : std::uint8_t {
  programs,      ///< Maps::programs
  owner,         ///< the map of OwnerWatch
  task_acquire,  ///< bpf_task_acquire() of the kernel
  task_release,  ///< bpf_task_release() of the kernel
};
/// "programs", "bpf_task_acquire".
[[nodiscard]] std::string_view name_of(Symbol symbol) noexcept;

struct RelocatableProgram {
  /// Maps and functions of the kernel's own go by their places in `symbols`.
  bpf::EbpfProgram code{};
  std::vector<Symbol> symbols{};
};

/// With the numbers of its symbols: descriptors of maps, functions of the kernel by its BTF.
/// Precondition: no stranger_in() it.
[[nodiscard]] bpf::EbpfProgram linked(RelocatableProgram program,
                                      const std::function<std::int32_t(Symbol)>& number_of);

/// What an instruction names outside its program.
enum class Reference : std::uint8_t {
  nothing,
  map,              ///< or an address in the value of one
  function,         ///< one that programs of all kinds are offered, by its number
  kernel_function,  ///< one of the kernel's own, by its BTF
  other,            ///< what no program of a gate names
};
[[nodiscard]] Reference reference_of(const bpf::EbpfInstruction& instruction) noexcept;

/// The first instruction with a reference for which `is_sought`(Reference, instruction) holds; the
/// size of the code if none is.
template <class Code, class Predicate>
std::size_t find_reference(Code& code, const Predicate& is_sought) {
  std::size_t i = 0;
  while (i < code.size()) {
    const Reference reference = reference_of(code[i]);
    if (reference != Reference::nothing && is_sought(reference, code[i])) return i;
    const bool has_other_half = code[i].opcode == bpf::ebpf::load_immediate64;
    i += has_other_half ? 2 : 1;
  }
  return code.size();
}

/// Functions that the gate's programs for packets call.
[[nodiscard]] std::span<const std::int32_t> packet_functions() noexcept;
/// Those of the program that adopts a task.
[[nodiscard]] std::span<const std::int32_t> adopting_functions() noexcept;

/// The first instruction that names anything but these functions and its symbols; nothing if none
/// does. All else is the verifier's.
[[nodiscard]] std::optional<std::size_t> stranger_in(
    const RelocatableProgram& program, std::span<const std::int32_t> functions) noexcept;

}  // namespace weir::gate
