// Keys are written as whole words because they are read as such, at once: a load that gathers
// several smaller stores would wait for all of them to reach the cache.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "weir/flow/key.h"

namespace weir::flow {

inline constexpr bool little_endian = std::endian::native == std::endian::little;

/// Protocol and shape as they stand next to each other in a key.
[[nodiscard]] constexpr std::uint16_t tail_of(unsigned protocol, unsigned shape) noexcept {
  return static_cast<std::uint16_t>(little_endian ? protocol | shape << 8 : protocol << 8 | shape);
}

/// All but the addresses.
inline void write_rest(FlowKey& key, std::uint16_t first_port, std::uint16_t second_port,
                       const std::array<std::uint16_t, FlowKey::max_vlans>& vlans,
                       std::uint16_t tail) noexcept {
  const auto place = [](std::uint64_t part, unsigned index) {
    return part << 16 * (little_endian ? index : 3 - index);
  };
  const std::uint64_t word =
      place(first_port, 0) | place(second_port, 1) | place(vlans[0], 2) | place(vlans[1], 3);
  auto* const octets = reinterpret_cast<std::uint8_t*>(&key);
  std::memcpy(octets + offsetof(FlowKey, ports), &word, sizeof(word));
  std::memcpy(octets + offsetof(FlowKey, protocol), &tail, sizeof(tail));
}

}  // namespace weir::flow
