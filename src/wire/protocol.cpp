// Protocols by name, and the names of the reasons decode() stops.
#include "weir/wire/protocol.h"

#include "weir/wire/layers.h"

namespace weir::wire {

std::optional<Protocol> protocol_by_name(std::string_view text) noexcept {
  for (std::size_t index = 0; index < protocol_count; ++index) {
    if (protocol_names[index] == text) return static_cast<Protocol>(index);
  }
  return std::nullopt;
}

const char* name(StopReason reason) noexcept {
  switch (reason) {
    case StopReason::payload:
      return "payload";
    case StopReason::unknown_link_type:
      return "unknown_link_type";
    case StopReason::unknown_protocol:
      return "unknown_protocol";
    case StopReason::later_fragment:
      return "later_fragment";
    case StopReason::snapped:
      return "snapped";
    case StopReason::truncated:
      return "truncated";
    case StopReason::bad_version:
      return "bad_version";
    case StopReason::bad_header_length:
      return "bad_header_length";
    case StopReason::bad_length:
      return "bad_length";
    case StopReason::bad_field:
      return "bad_field";
    case StopReason::encrypted:
      return "encrypted";
    case StopReason::nesting_limit:
      return "nesting_limit";
  }
  return "";
}

}  // namespace weir::wire
