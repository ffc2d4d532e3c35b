// Changes to held packets that need no handler: "set ttl 5", "set dport 8080", "set dst 192.0.2.9".
#pragma once

#include <cstdint>
#include <variant>

#include "weir/address.h"

namespace weir::gate {

/// Time to live, or hop limit.
struct SetTtl {
  std::uint8_t ttl = 0;
  bool operator==(const SetTtl&) const = default;
};
/// Of TCP and UDP. What comes back has the original port as its source again.
struct SetDestinationPort {
  std::uint16_t port = 0;
  bool operator==(const SetDestinationPort&) const = default;
};
/// What comes back has the original address as its source again. The link-layer address stays: the
/// new destination is reached through the same next hop.
struct SetDestination {
  IpAddress address{};
  bool operator==(const SetDestination&) const = default;
};

using Change = std::variant<SetTtl, SetDestinationPort, SetDestination>;

}  // namespace weir::gate
