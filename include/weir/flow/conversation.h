// Which flows join two ends: what is asked for when one conversation is meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "weir/address.h"
#include "weir/flow/key.h"

namespace weir::flow {

/// Two ends of flows, whichever began them, of any protocol and in any VLAN; one after another on
/// the same ports, too. A value.
struct Conversation {
  struct End {
    IpAddress address;
    /// Any, if none is said. 0 is that of protocols without ports, and of fragments without their
    /// transport header.
    std::optional<std::uint16_t> port{};
    bool operator==(const End&) const = default;

    /// Whether it is that side of the key. Precondition: side < 2.
    [[nodiscard]] bool is_at(const FlowKey& key, std::size_t side) const noexcept {
      return key.address(side) == address && (!port || key.ports[side] == *port);
    }
  };

  End one;
  End other;

  /// Whether a flow of this key is one of them.
  [[nodiscard]] bool matches(const FlowKey& key) const noexcept {
    return (one.is_at(key, 0) && other.is_at(key, 1)) || (one.is_at(key, 1) && other.is_at(key, 0));
  }
  /// Whether it would be if no port were said.
  [[nodiscard]] bool joins_addresses(const FlowKey& key) const noexcept {
    return Conversation{{one.address}, {other.address}}.matches(key);
  }
  bool operator==(const Conversation&) const = default;
};

}  // namespace weir::flow
