// The adapter that stands for all, and the loopback adapter, which is always among them.
#pragma once

#include <cstdint>
#include <string_view>

#include "sys/link_state.h"

namespace weir::capture {

/// Of the adapter that stands for all; its ifindex is 0.
inline constexpr std::string_view all_adapters = "any";

/// The ifindex of the loopback adapter if it is this one or among all; 0 otherwise.
[[nodiscard]] inline std::uint32_t loopback_in(const sys::LinkState& adapter) noexcept {
  // LOOPBACK_IFINDEX of the kernel, in every network namespace.
  constexpr std::uint32_t loopback_index = 1;
  if (adapter.loopback) return adapter.index;
  return adapter.index == 0 ? loopback_index : 0;
}

}  // namespace weir::capture
