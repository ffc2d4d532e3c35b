// One look at each instruction.
#include "gate/kernel/relocatable_program.h"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::gate {
namespace {

using bpf::EbpfInstruction;
using namespace bpf::ebpf;

constexpr std::array<std::string_view, 4> names{"programs", "owner", "bpf_task_acquire",
                                                "bpf_task_release"};

bool is_map(Symbol symbol) noexcept {
  return symbol == Symbol::programs || symbol == Symbol::owner;
}

/// By number, or by register.
bool is_call(const EbpfInstruction& instruction) noexcept {
  constexpr std::uint8_t by_register = 0x08;
  return (instruction.opcode | by_register) == (call | by_register);
}

Reference called(const EbpfInstruction& instruction) noexcept {
  if (instruction.opcode != call) return Reference::other;
  if (instruction.source == 0) return Reference::function;
  return instruction.source == pseudo_kfunc_call ? Reference::kernel_function : Reference::other;
}

}  // namespace

std::string_view name_of(Symbol symbol) noexcept { return names[static_cast<std::size_t>(symbol)]; }

Reference reference_of(const EbpfInstruction& instruction) noexcept {
  if (is_call(instruction)) return called(instruction);
  if (instruction.opcode != load_immediate64 || instruction.source == 0) return Reference::nothing;
  const bool names_map =
      instruction.source == pseudo_map_fd || instruction.source == pseudo_map_value;
  return names_map ? Reference::map : Reference::other;
}

bpf::EbpfProgram linked(RelocatableProgram program,
                        const std::function<std::int32_t(Symbol)>& number_of) {
  find_reference(program.code, [&](Reference reference, EbpfInstruction& instruction) {
    if (reference != Reference::function) {
      instruction.immediate =
          number_of(program.symbols[static_cast<std::size_t>(instruction.immediate)]);
    }
    return false;
  });
  return std::move(program.code);
}

std::span<const std::int32_t> packet_functions() noexcept {
  static constexpr std::array functions{
      function::map_lookup_elem, function::ktime_get_ns,   function::processor_number,
      function::skb_store_bytes, function::tail_call,      function::skb_vlan_pop,
      function::redirect,        function::skb_load_bytes, function::skb_change_head,
      function::ringbuf_reserve, function::ringbuf_submit, function::ringbuf_discard};
  return functions;
}

std::span<const std::int32_t> adopting_functions() noexcept {
  static constexpr std::array functions{function::map_lookup_elem, function::current_task_btf,
                                        function::kptr_exchange};
  return functions;
}

std::optional<std::size_t> stranger_in(const RelocatableProgram& program,
                                       std::span<const std::int32_t> functions) noexcept {
  const auto is_stranger = [&](Reference reference, const EbpfInstruction& instruction) {
    if (reference == Reference::other) return true;
    if (reference == Reference::function) {
      return std::ranges::find(functions, instruction.immediate) == functions.end();
    }
    const auto place = static_cast<std::uint32_t>(instruction.immediate);
    return place >= program.symbols.size() ||
           is_map(program.symbols[place]) != (reference == Reference::map);
  };
  const std::size_t found = find_reference(program.code, is_stranger);
  return found < program.code.size() ? std::optional{found} : std::nullopt;
}

}  // namespace weir::gate
