// tcx or clsact.
#include "gate/attach/hooks.h"

#include <algorithm>
#include <string>

#include "gate/attach/chain.h"
#include "gate/attach/claim.h"
#include "sys/bpf_link.h"
#include "weir/error.h"

namespace weir::gate {
namespace {

/// Every network namespace has it: the loopback.
constexpr std::uint32_t first_adapter = 1;

bool is_by_clsact(std::uint32_t adapter, sys::Hook hook, sys::Clsact& clsact) {
  const auto filters = clsact.filters(adapter, hook);
  const auto living = claimed_ranks();
  return std::ranges::any_of(filters, [&](const sys::Clsact::Filter& filter) {
    return rank_of(filter.name) && !is_left_behind(filter, living);
  });
}

bool is_by_tcx(std::uint32_t adapter, sys::Hook hook) {
  const auto programs = sys::programs_at(adapter, hook);
  if (!programs) return false;
  const auto gates = neighbors();
  return std::ranges::any_of(programs->program_ids, [&](std::uint32_t program) {
    return std::ranges::any_of(gates,
                               [&](const Neighbor& gate) { return gate.program(hook) == program; });
  });
}

/// The kernel runs tcx before clsact, whatever the altitudes: tags would have packets go round and
/// round between two gates that do not hang alike.
void check_others(std::uint32_t adapter, Attachment how, sys::Clsact& clsact) {
  for (const sys::Hook hook : {sys::Hook::ingress, sys::Hook::egress}) {
    const bool is_unlike =
        how == Attachment::clsact ? is_by_tcx(adapter, hook) : is_by_clsact(adapter, hook, clsact);
    if (!is_unlike) continue;
    throw Error{ErrorCode::invalid_argument, std::string{"another gate is at the adapter by "} +
                                                 (how == Attachment::clsact ? "tcx" : "clsact") +
                                                 ", which does not go together"};
  }
}

}  // namespace

Attachment attachment_for(Attachment wanted) {
  if (wanted != Attachment::best) return wanted;
  return sys::programs_at(first_adapter, sys::Hook::ingress) ? Attachment::tcx : Attachment::clsact;
}

Hooks::Hooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank, Attachment how,
             sys::Clsact& clsact) {
  check_others(adapter, how, clsact);
  if (how == Attachment::clsact) {
    hooks_.emplace<ClsactHooks>(adapter, dispatchers, rank, clsact);
  } else {
    hooks_.emplace<TcxHooks>(adapter, dispatchers, rank);
  }
}

std::vector<sys::FileDescriptor> Hooks::release() {
  std::vector<sys::FileDescriptor> descriptors;
  if (auto* const links = std::get_if<TcxHooks>(&hooks_)) {
    for (sys::FileDescriptor& link : links->release()) descriptors.push_back(std::move(link));
  }
  return descriptors;
}

bool Hooks::is_attached() const {
  if (const auto* const filters = std::get_if<ClsactHooks>(&hooks_)) return filters->is_attached();
  if (const auto* const hooks = std::get_if<HooksElsewhere>(&hooks_)) return hooks->is_attached();
  const auto* const links = std::get_if<TcxHooks>(&hooks_);
  return links != nullptr && links->is_attached();
}

}  // namespace weir::gate
