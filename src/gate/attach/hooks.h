// A gate's programs at the hooks of one adapter, however they hang there.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "gate/attach/clsact_hooks.h"
#include "gate/attach/dispatchers.h"
#include "gate/attach/rank.h"
#include "gate/attach/tcx_hooks.h"
#include "weir/gate/options.h"

namespace weir::gate {

/// What is used here where this is wanted: tcx or clsact. Throws SystemError.
[[nodiscard]] Attachment attachment_for(Attachment wanted);

/// What another process keeps attached until it is told that `kept` has gone.
struct HooksElsewhere {
  std::shared_ptr<void> kept{};
  std::function<bool()> is_attached{};
};

/// Attached as long as this lives: in the order of the gates' ranks, wherever programs of others
/// stand. One thread at a time, all of a gate.
class Hooks {
 public:
  /// To an adapter (its ifindex), both directions or none. `how` is not best; the gate's Claim has
  /// published the dispatchers. Borrows `clsact`. Throws SystemError: ENODEV for no such adapter;
  /// Error (invalid_argument) where a gate is attached the other way.
  Hooks(std::uint32_t adapter, const Dispatchers& dispatchers, Rank rank, Attachment how,
        sys::Clsact& clsact);
  explicit Hooks(TcxHooks links) : hooks_{std::move(links)} {}
  /// Kept attached by another process.
  explicit Hooks(HooksElsewhere hooks) : hooks_{std::move(hooks)} {}

  /// The descriptors of tcx links, for another process; none of clsact.
  [[nodiscard]] std::vector<sys::FileDescriptor> release();

  /// False once the adapter was deleted, or, with clsact, somebody has taken them off. Throws
  /// SystemError.
  [[nodiscard]] bool is_attached() const;

 private:
  std::variant<std::monostate, TcxHooks, ClsactHooks, HooksElsewhere> hooks_{};
};

}  // namespace weir::gate
