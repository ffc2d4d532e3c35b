// One look at each instruction.
#include "gate/rights/portable_program.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "bpf/ebpf_code.h"
#include "sys/bpf_map.h"

namespace weir::gate {
namespace {

using bpf::EbpfInstruction;
using namespace bpf::ebpf;

/// What the gate's programs call; those that name the owner are loaded before rights are given up.
constexpr std::array allowed_functions{
    function::map_lookup_elem, function::ktime_get_ns,   function::processor_number,
    function::skb_store_bytes, function::tail_call,      function::skb_vlan_pop,
    function::redirect,        function::skb_load_bytes, function::skb_change_head,
    function::ringbuf_reserve, function::ringbuf_submit, function::ringbuf_discard};

bool names_map(const EbpfInstruction& instruction) noexcept {
  return instruction.opcode == load_immediate64 &&
         (instruction.source == pseudo_map_fd || instruction.source == pseudo_map_value);
}

/// By number, or by register.
bool is_call(const EbpfInstruction& instruction) noexcept {
  constexpr std::uint8_t by_register = 0x08;
  return (instruction.opcode | by_register) == (call | by_register);
}

bool is_allowed_call(const EbpfInstruction& instruction) noexcept {
  return instruction.opcode == call && instruction.source == 0 &&
         std::ranges::find(allowed_functions, instruction.immediate) != allowed_functions.end();
}

}  // namespace

PortableProgram portable(bpf::EbpfProgram code) {
  PortableProgram program{.code = std::move(code)};
  for (std::size_t i = 0; i < program.code.size(); ++i) {
    EbpfInstruction& instruction = program.code[i];
    if (names_map(instruction)) {
      auto map = std::ranges::find(program.maps, instruction.immediate);
      if (map == program.maps.end()) map = program.maps.insert(map, instruction.immediate);
      instruction.immediate = static_cast<std::int32_t>(map - program.maps.begin());
    }
    if (instruction.opcode == load_immediate64) ++i;
  }
  return program;
}

bool put_maps_back(bpf::EbpfProgram& code, std::span<const sys::FileDescriptor> maps) noexcept {
  if (!std::ranges::all_of(maps, sys::is_plain_map)) return false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    EbpfInstruction& instruction = code[i];
    if (is_call(instruction) && !is_allowed_call(instruction)) return false;
    if (instruction.opcode != load_immediate64) continue;
    // Its other half.
    ++i;
    if (instruction.source == 0) continue;
    if (!names_map(instruction)) return false;
    const auto place = static_cast<std::uint32_t>(instruction.immediate);
    if (place >= maps.size()) return false;
    instruction.immediate = maps[place].number();
  }
  return true;
}

}  // namespace weir::gate
