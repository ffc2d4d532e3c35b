// The words people know a flow's protocol, ends and TCP flags by.
#pragma once

#include <cstdint>
#include <string>

#include "weir/record/flow_row.h"

namespace weir::sink {

/// "192.0.2.1:80", "[2001:db8::1]:80"; without a port the address alone.
[[nodiscard]] std::string endpoint_text(const flow::Endpoint& endpoint);
/// "tcp"; its number where it has no usual name.
[[nodiscard]] std::string protocol_text(const record::FlowRow& row);
/// "FIN SYN ACK", from the lowest bit on; empty for none.
[[nodiscard]] std::string tcp_flag_names(std::uint8_t flags);
/// As tcpdump has them: "S.", "P."; "none".
[[nodiscard]] std::string tcp_flag_letters(std::uint8_t flags);

}  // namespace weir::sink
