// Where a gate goes among the programs at a hook.
#pragma once

#include <optional>
#include <span>

#include "gate/attach/rank.h"
#include "sys/bpf_link.h"
#include "sys/clsact.h"

namespace weir::gate {

/// Right behind the gate it runs after, else right before the one that runs after it, else before
/// all: what others attach sees each packet once then, after the gate.
[[nodiscard]] sys::HookPlace place_among(const sys::HookPrograms& programs,
                                         std::span<const Neighbor> neighbors, Rank rank,
                                         sys::Hook hook) noexcept;

/// The same by priority; gates are known by the names of their filters. Nothing where no number is
/// left there.
[[nodiscard]] std::optional<sys::Clsact::Priority> priority_among(
    std::span<const sys::Clsact::Filter> filters, Rank rank, sys::Hook hook) noexcept;

/// Whether a gate that does not live any more has left this.
[[nodiscard]] bool is_left_behind(const sys::Clsact::Filter& filter,
                                  std::span<const Rank> living) noexcept;

}  // namespace weir::gate
