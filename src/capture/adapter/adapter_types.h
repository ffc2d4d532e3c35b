// What Linux's hardware types (ARPHRD_) are to IANA and to savefiles.
#pragma once

#include <cstdint>
#include <string_view>

#include "weir/link_type.h"

namespace weir::capture {

namespace if_type {
inline constexpr std::uint32_t other = 1;
inline constexpr std::uint32_t ethernet = 6;
inline constexpr std::uint32_t ieee80211 = 71;
inline constexpr std::uint32_t tunnel = 131;
}  // namespace if_type

struct AdapterType {
  /// ifType as IANA numbers them.
  std::uint32_t number = if_type::other;
  /// As libpcap has it: cooked where the kernel's link header says too little.
  LinkType link_type = LinkType::linux_sll;
};

/// `kind` is the kernel's word for software adapters ("bridge"), or empty.
[[nodiscard]] AdapterType adapter_type(std::uint16_t hardware_type, std::string_view kind) noexcept;

}  // namespace weir::capture
