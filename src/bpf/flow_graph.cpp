// Follows every path once, from the first instruction.
#include "bpf/flow_graph.h"

#include <cstdint>

namespace weir::bpf {

Successors::Successors(const Instruction& instruction, std::size_t index) noexcept {
  const std::size_t next = index + 1;
  switch (instruction.code & 0x07) {
    case code::ret:
      return;
    case code::jmp:
      if ((instruction.code & 0xf0) == code::ja) {
        // Signed: libpcap's protochain goes back.
        targets_[count_++] =
            next + static_cast<std::size_t>(static_cast<std::int32_t>(instruction.k));
        return;
      }
      targets_[count_++] = next + instruction.jump_true;
      if (instruction.jump_true != instruction.jump_false) {
        targets_[count_++] = next + instruction.jump_false;
      }
      return;
    default:
      targets_[count_++] = next;
  }
}

std::vector<Entry> entries(ProgramView program) {
  std::vector<Entry> found(program.size());
  std::vector<std::size_t> open{0};
  found[0] = {.reachable = true, .leader = true};
  while (!open.empty()) {
    const std::size_t from = open.back();
    open.pop_back();
    const bool jumps = (program[from].code & 0x07) == code::jmp;
    for (const std::size_t to : Successors{program[from], from}) {
      Entry& entry = found[to];
      entry.leader |= jumps;
      entry.loop |= to <= from;
      entry.merge |= entry.reachable;
      if (!entry.reachable) {
        entry.reachable = true;
        open.push_back(to);
      }
    }
  }
  return found;
}

}  // namespace weir::bpf
