// Codes of ICMP messages (IANA: ICMP Parameters); their types are in icmp.h.
#pragma once

#include <cstdint>

#include "weir/api.h"

/// Of IcmpType::destination_unreachable (RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1).
namespace weir::wire::icmp_unreachable {

inline constexpr std::uint8_t network = 0;
inline constexpr std::uint8_t host = 1;
inline constexpr std::uint8_t protocol = 2;
inline constexpr std::uint8_t port = 3;
inline constexpr std::uint8_t fragmentation_needed = 4;
inline constexpr std::uint8_t source_route_failed = 5;
inline constexpr std::uint8_t network_unknown = 6;
inline constexpr std::uint8_t host_unknown = 7;
inline constexpr std::uint8_t source_host_isolated = 8;
inline constexpr std::uint8_t network_prohibited = 9;
inline constexpr std::uint8_t host_prohibited = 10;
inline constexpr std::uint8_t network_for_type_of_service = 11;
inline constexpr std::uint8_t host_for_type_of_service = 12;
inline constexpr std::uint8_t communication_prohibited = 13;
inline constexpr std::uint8_t host_precedence_violation = 14;
inline constexpr std::uint8_t precedence_cutoff = 15;

}  // namespace weir::wire::icmp_unreachable

/// Of IcmpType::redirect.
namespace weir::wire::icmp_redirect {

inline constexpr std::uint8_t network = 0;
inline constexpr std::uint8_t host = 1;
inline constexpr std::uint8_t type_of_service_and_network = 2;
inline constexpr std::uint8_t type_of_service_and_host = 3;

}  // namespace weir::wire::icmp_redirect

/// Of IcmpType::time_exceeded.
namespace weir::wire::icmp_time_exceeded {

inline constexpr std::uint8_t in_transit = 0;
inline constexpr std::uint8_t reassembly = 1;

}  // namespace weir::wire::icmp_time_exceeded

/// Of IcmpType::parameter_problem.
namespace weir::wire::icmp_parameter_problem {

inline constexpr std::uint8_t pointer = 0;
inline constexpr std::uint8_t missing_option = 1;  // RFC 1108
inline constexpr std::uint8_t bad_length = 2;

}  // namespace weir::wire::icmp_parameter_problem
