// A gate's programs at the hooks of one adapter, however they hang there.
#pragma once

#include <cstdint>
#include <variant>

#include "gate/attach/clsact_hooks.h"
#include "gate/attach/dispatchers.h"
#include "gate/attach/rank.h"
#include "gate/attach/tcx_hooks.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// What is used here where this is wanted: tcx or clsact. Throws SystemError.
[[nodiscard]] Attachment attachment_for(Attachment wanted);

/// Attached as long as this lives: in the order of the gates' ranks, wherever programs of others
/// stand. One thread at a time, all of a gate.
class Hooks {
 public:
  /// To an adapter (its ifindex), both directions or none. `how` is not best; the gate's Claim has
  /// published the dispatchers. Borrows `clsact`. Throws SystemError: ENODEV for no such adapter;
  /// Error.
  Hooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank, Attachment how,
        sys::Clsact& clsact);

  /// False once the adapter was deleted, or, with clsact, somebody has taken them off. Throws
  /// SystemError.
  [[nodiscard]] bool is_attached() const;

 private:
  std::variant<std::monostate, TcxHooks, ClsactHooks> hooks_{};
};

}  // namespace weir::gate
