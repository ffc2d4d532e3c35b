// Numbers of IPv4 headers: kinds of options, and bits of the type of service and of the flags.
#pragma once

#include <cstdint>

#include "weir/api.h"

/// The kind of a HeaderOption (IANA: IP Option Numbers).
namespace weir::wire::ipv4_option {

inline constexpr std::uint8_t end_of_list = 0;
inline constexpr std::uint8_t no_operation = 1;
inline constexpr std::uint8_t record_route = 7;
inline constexpr std::uint8_t timestamp = 68;
inline constexpr std::uint8_t security = 130;
inline constexpr std::uint8_t loose_source_route = 131;
inline constexpr std::uint8_t stream_identifier = 136;
inline constexpr std::uint8_t strict_source_route = 137;
inline constexpr std::uint8_t router_alert = 148;  // RFC 2113

}  // namespace weir::wire::ipv4_option

/// Of Ipv4Fields::type_of_service, as it was before RFC 2474 (RFC 1349).
namespace weir::wire::ipv4_type_of_service {

inline constexpr std::uint8_t low_cost = 0x02;
inline constexpr std::uint8_t reliability = 0x04;
inline constexpr std::uint8_t throughput = 0x08;
inline constexpr std::uint8_t low_delay = 0x10;

}  // namespace weir::wire::ipv4_type_of_service

/// Of the 16 bits with the flags and the fragment offset.
namespace weir::wire::ipv4_fragment {

inline constexpr std::uint16_t reserved_flag = 0x8000;
inline constexpr std::uint16_t dont_fragment = 0x4000;
inline constexpr std::uint16_t more_fragments = 0x2000;
inline constexpr std::uint16_t offset_mask = 0x1fff;  // in units of eight bytes

}  // namespace weir::wire::ipv4_fragment
