// remains(): clsact filters with the name of a gate that nobody holds any more.
#include <string>
#include <vector>

#include "gate/attach/chain.h"
#include "gate/attach/claim.h"
#include "sys/clsact.h"
#include "weir/capture/adapter.h"
#include "weir/gate/gate.h"

namespace weir::gate {

std::vector<std::string> remains() {
  std::vector<std::string> lines;
  sys::Clsact clsact;
  for (const capture::Adapter& adapter : capture::adapters()) {
    for (const sys::Hook hook : {sys::Hook::ingress, sys::Hook::egress}) {
      const auto filters = clsact.filters(adapter.id, hook);
      // Behind them: a gate claims its place before it attaches.
      const auto living = claimed_ranks();
      for (const sys::Clsact::Filter& filter : filters) {
        if (!is_left_behind(filter, living)) continue;
        lines.push_back(adapter.name + (hook == sys::Hook::ingress ? ": in" : ": out") +
                        ": clsact filter " + filter.name + " of a gate that was killed");
      }
    }
  }
  return lines;
}

}  // namespace weir::gate
