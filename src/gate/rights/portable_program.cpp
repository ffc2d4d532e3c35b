// Each reference to a map is looked at once.
#include "gate/rights/portable_program.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "gate/kernel/relocatable_program.h"
#include "sys/bpf_map.h"

namespace weir::gate {

using bpf::EbpfInstruction;

PortableProgram portable(bpf::EbpfProgram code) {
  PortableProgram program{.code = std::move(code)};
  find_reference(program.code, [&](Reference reference, EbpfInstruction& instruction) {
    if (reference == Reference::map) {
      auto map = std::ranges::find(program.maps, instruction.immediate);
      if (map == program.maps.end()) map = program.maps.insert(map, instruction.immediate);
      instruction.immediate = static_cast<std::int32_t>(map - program.maps.begin());
    }
    return false;
  });
  return program;
}

bool put_maps_back(bpf::EbpfProgram& code, std::span<const sys::FileDescriptor> maps) noexcept {
  if (!std::ranges::all_of(maps, sys::is_plain_map)) return false;
  const std::span allowed = packet_functions();
  const auto is_stranger = [&](Reference reference, EbpfInstruction& instruction) {
    if (reference == Reference::function) {
      return std::ranges::find(allowed, instruction.immediate) == allowed.end();
    }
    const auto place = static_cast<std::uint32_t>(instruction.immediate);
    if (reference != Reference::map || place >= maps.size()) return true;
    instruction.immediate = maps[place].number();
    return false;
  };
  return find_reference(code, is_stranger) == code.size();
}

}  // namespace weir::gate
