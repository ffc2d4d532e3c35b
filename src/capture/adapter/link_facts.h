// What rtnetlink messages say of an adapter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "weir/bytes.h"
#include "weir/capture/adapter.h"

namespace weir::capture {

/// What an RTM_NEWLINK or RTM_DELLINK says.
struct LinkFacts {
  /// Without addresses, driver, speed and monitor, which others know.
  Adapter adapter{};
  /// The kernel's word for a software adapter: "veth"; empty for a device.
  std::string kind{};
  /// The device it is, as its bus names it: "virtio0", "0000:00:03.0".
  std::string parent{};
};
/// Nothing where the message is no whole description of an adapter: those about ports of bridges
/// and about Wi-Fi events have the same type.
[[nodiscard]] std::optional<LinkFacts> parse_link(Bytes body);

/// What an RTM_NEWADDR or RTM_DELADDR says.
struct AddressFacts {
  std::uint32_t adapter_id = 0;
  AdapterAddress address{};
  /// Not assigned yet (RFC 4862 section 2): its duplicate address detection has not ended. The
  /// kernel lists it, but tells of it only when it is assigned.
  bool is_tentative = false;
};
/// Nothing for anything but IPv4 and IPv6, and where the message contradicts itself.
[[nodiscard]] std::optional<AddressFacts> parse_address(Bytes body);

}  // namespace weir::capture
