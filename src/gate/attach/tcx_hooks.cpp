// Links at their place among those of other gates.
#include "gate/attach/tcx_hooks.h"

#include <cerrno>

#include "gate/attach/chain.h"
#include "gate/attach/claim.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

constexpr int most_tries = 1000;

sys::TcxLink attach(std::uint32_t adapter, sys::Hook hook, const Dispatchers& dispatchers,
                    Rank rank) {
  for (int tries = 1;; ++tries) {
    // In this order: whose program is at the hook has told its name before.
    const auto programs = sys::programs_at(adapter, hook);
    if (!programs) throw SystemError{EINVAL, "attach by tcx"};
    const sys::HookPlace place = place_among(*programs, neighbors(), rank, hook);
    try {
      return sys::TcxLink{dispatchers.at(hook), adapter, hook, place};
    } catch (const SystemError& error) {
      // The hook has changed since.
      const int number = error.system_code().value();
      if ((number != ESTALE && number != ENOENT) || tries == most_tries) throw;
    }
  }
}

}  // namespace

TcxHooks::TcxHooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank)
    : egress_{attach(adapter, sys::Hook::egress, dispatchers, rank)},
      ingress_{attach(adapter, sys::Hook::ingress, dispatchers, rank)} {}

}  // namespace weir::gate
