// Lengths of Ethernet frames and their parts (IEEE 802.3 3.2, 4A.4.2), in bytes.
#pragma once

#include <cstdint>

#include "weir/api.h"

/// Untagged.
namespace weir::wire::ethernet_length {

inline constexpr std::uint16_t address = 6;
inline constexpr std::uint16_t type = 2;
inline constexpr std::uint16_t header = 14;
inline constexpr std::uint16_t frame_check_sequence = 4;
inline constexpr std::uint16_t min_frame = 64;          // with header and frame check sequence
inline constexpr std::uint16_t max_frame = 1518;        // with both, without tags
inline constexpr std::uint16_t min_without_check = 60;  // as adapters are given it

}  // namespace weir::wire::ethernet_length
