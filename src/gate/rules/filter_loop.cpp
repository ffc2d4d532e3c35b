// Asks the translation to eBPF.
#include "gate/rules/filter_loop.h"

#include "weir/bpf/ebpf.h"
#include "weir/error.h"

namespace weir::gate {

bool has_loop(const filter::Filter& filter) {
  for (const LinkType link_type : {LinkType::ethernet, LinkType::raw}) {
    try {
      const auto program = bpf::translate_fragment(filter.program(link_type), {});
      if (!program && program.error().problem == bpf::TranslationProblem::loop) return true;
    } catch (const FilterError&) {
      continue;
    }
  }
  return false;
}

}  // namespace weir::gate
