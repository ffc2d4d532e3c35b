// Names of the IP protocol numbers that flows meet in practice.
#pragma once

#include <cstdint>
#include <string_view>

namespace weir::record {

/// tshark's word where decode() knows the protocol, otherwise IANA's keyword in lower case; empty
/// for numbers nobody meets.
[[nodiscard]] std::string_view ip_protocol_name(std::uint8_t protocol) noexcept;

}  // namespace weir::record
