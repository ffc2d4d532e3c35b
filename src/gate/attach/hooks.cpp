// tcx or clsact.
#include "gate/attach/hooks.h"

#include "sys/bpf_link.h"

namespace weir::gate {
namespace {

/// Every network namespace has it: the loopback.
constexpr std::uint32_t first_adapter = 1;

}  // namespace

Attachment attachment_for(Attachment wanted) {
  if (wanted != Attachment::best) return wanted;
  return sys::programs_at(first_adapter, sys::Hook::ingress) ? Attachment::tcx : Attachment::clsact;
}

Hooks::Hooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank, Attachment how,
             sys::Clsact& clsact) {
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
