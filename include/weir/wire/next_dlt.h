// The DLT_ number of what follows, in headers that name it so: PPI's and Apple's packet tap's.
#pragma once

#include <cstdint>
#include <optional>

#include "weir/wire/ether_type.h"
#include "weir/wire/fields.h"

namespace weir::wire {

/// 1 for Ethernet, 12 for IP, or the header's link type; nothing if it has none.
[[nodiscard]] constexpr std::optional<std::uint32_t> next_dlt(const HeaderNumbers& next) noexcept {
  constexpr std::uint32_t ethernet = 1;
  constexpr std::uint32_t raw = 12;
  if (next.link_type) return *next.link_type;
  if (next.ether_type == ether_type::trans_ether_bridging) return ethernet;
  if (next.ether_type == ether_type::ipv4 || next.ether_type == ether_type::ipv6) return raw;
  return std::nullopt;
}

}  // namespace weir::wire
